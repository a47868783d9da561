"""Covering arrays: few rows in which every two columns show every pair of their levels.

Made, not searched for. For a prime p, the lines of the affine plane over the integers modulo p are an
orthogonal array: p * p rows, p + 1 columns of p levels, each pair in exactly one row (R. C. Bose, 1938). More
columns are numbered to the base p + 1; a block of rows for each digit then has every pair of two columns
that differ in that digit, and any two columns differ in one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

PRIMES = (2, 3, 5, 7, 11, 13)


def rows(levels: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Rows of a level for each column; column i has the levels 0 to `levels[i]` - 1, at most 13.

    The number of rows grows with the logarithm of the number of columns: 73 for 216 columns of five levels.
    """
    if not levels:
        return
    prime = next(p for p in PRIMES if p >= max(levels))
    digits = 1
    while (prime + 1) ** digits < len(levels):
        digits += 1
    seen = set()
    for digit in range(digits):
        for line in range(prime * prime):
            row = tuple(
                _level(column // (prime + 1) ** digit % (prime + 1), line, prime) % levels[column]
                for column in range(len(levels))
            )
            if row not in seen:
                seen.add(row)
                yield row


def _level(column: int, line: int, prime: int) -> int:
    """What stands in a column of the orthogonal array: the line a + c * b, and b in the last column."""
    a, b = divmod(line, prime)
    return b if column == prime else (a + column * b) % prime
