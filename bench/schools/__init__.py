"""The school register at its full size: import and look-up, beside plain LIKE and rapidfuzz in memory."""
