//! Enumerations whose members have one stable word each, the same in SQL, JSON, records and pages.

/// A stored or received word that is not one of an enumeration's codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not a {kind}")]
pub struct UnknownCode {
    /// The enumeration's name.
    pub kind: &'static str,
    /// What was read instead.
    pub word: String,
}

/// Declares an enumeration with `code()`, `parse()` and `ALL` (docs/decisions/0003-one-macro.md).
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The stable word of this member.
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)+ }
            }

            /// The member with this word.
            ///
            /// # Errors
            /// [`UnknownCode`](crate::code::UnknownCode) with the word that was read.
            pub fn parse(word: &str) -> Result<Self, $crate::code::UnknownCode> {
                match word {
                    $($code => Ok($name::$variant),)+
                    _ => Err($crate::code::UnknownCode { kind: stringify!($name), word: word.chars().take(64).collect() }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::code::UnknownCode;
            fn from_str(word: &str) -> Result<Self, Self::Err> { Self::parse(word) }
        }
    };
}
