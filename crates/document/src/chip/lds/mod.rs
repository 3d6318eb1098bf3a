//! The files of the logical data structure (Doc 9303-10): EF.COM and the data groups.
