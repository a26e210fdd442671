"""The rule of figures on pairs that were labelled by hand: published figures, and invented ones for what is rare.

`python -m tests.rules.test_pairs` prints precision and recall, and each pair that the rule takes otherwise.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.rules.contradictions import (
    AGREES,
    APART,
    Told,
    compare,
    cover_of,
    cover_told,
    definition_of,
)

PAIRS = Path(__file__).parent / "pairs.csv"
Row = Mapping[str, str]


def rows() -> list[Row]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(row: Row, side: str) -> Told:
    source, group = row[f"{side}source"], row[f"{side}group"]
    definition = definition_of(source, row[f"{side}series"], row["indicator"])
    cover = cover_of(group) if group.startswith("{") else cover_told(group)
    return Told(
        *(row["indicator"], row["entity"], row[f"{side}area"], source, definition.key, cover),
        *(row[f"{side}unit"], row[f"{side}year"], row[f"{side}value"]),
        own=source == "report" or source.startswith("national:"),
        main=definition.main,
        stands=cover == "" or cover in definition.covers,
    )


def judged() -> Iterator[tuple[Row, str, str]]:
    """Each pair with its label and what the rule says."""
    for row in rows():
        yield row, row["label"], compare(told(row, ""), told(row, "other_")).kind


def measured() -> dict[str, tuple[int, int, int]]:
    """Rightly found, wrongly found and not found: for each kind, and for `contradiction`, whichever kind."""
    counts: Counter[tuple[str, str]] = Counter((label, said) for _row, label, said in judged())
    quiet = {AGREES, APART}
    kinds = {kind for pair in counts for kind in pair}
    figures = {kind: _three(counts, {kind}) for kind in sorted(kinds - quiet)}
    return {"contradiction": _three(counts, kinds - quiet), **figures}


def _three(counts: Counter[tuple[str, str]], kinds: set[str]) -> tuple[int, int, int]:
    right = sum(number for (label, said), number in counts.items() if label in kinds and said in kinds)
    wrong = sum(number for (label, said), number in counts.items() if label not in kinds and said in kinds)
    missed = sum(number for (label, said), number in counts.items() if label in kinds and said not in kinds)
    return right, wrong, missed


def test_what_the_rule_finds_among_the_labelled_pairs() -> None:
    """Held at equality: a rule that gets better or worse changes these numbers, and somebody looks at them."""
    assert measured() == {"contradiction": (149, 8, 5), "differs": (99, 8, 5), "scale": (10, 1, 1), "unit": (39, 0, 0)}


def test_the_set_is_large_and_each_label_has_its_reason() -> None:
    labels = Counter(row["label"] for row in rows())
    assert sum(labels.values()) >= 200
    assert all(labels[kind] >= 10 for kind in ("agrees", "apart", "differs", "scale", "unit"))
    assert [row for row in rows() if not row["reason"]] == []
    assert len({tuple(row.values())[:16] for row in rows()}) == len(rows())


def test_the_order_of_the_two_changes_nothing() -> None:
    turned = [compare(told(row, "other_"), told(row, "")).kind for row in rows()]
    assert turned == [said for _row, _label, said in judged()]


def main() -> None:
    """Prints the measure."""
    for name, (right, wrong, missed) in measured().items():
        precision, recall = right / (right + wrong or 1), right / (right + missed or 1)
        counts = f"{right} right, {wrong} wrong, {missed} missed"
        print(f"{name:>14}  precision {precision:6.1%}  recall {recall:6.1%}  ({counts})")
    for row, label, said in judged():
        if label != said:
            figures = f"{row['value']} {row['unit']} / {row['other_value']} {row['other_unit']}"
            print(f"  {label} taken for {said}: {figures}: {row['reason']}")


if __name__ == "__main__":
    main()
