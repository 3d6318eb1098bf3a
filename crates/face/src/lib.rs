//! One portrait compared with one capture: decode, detect, align, quality, embed, compare; model packs.
