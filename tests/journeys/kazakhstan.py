"""Kazakhstan's own published figures, read from the real files, as its focal point would type them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

SOURCE = "Bureau of National Statistics, SDG 11 data"
UNITS = {
    "PT": "percent",
    "PERSONS": "persons",
    "MG_CUB_METER": "mg per cubic metre",
}
# the national series, the question that asks for it, and a row that stands for the country: area and series code
SERIES = (
    ("11-1-1", "1.1.2.4/NUA-14", "", ""),
    ("11-3-2", "2.1.5/NUA-20", "", ""),
    ("11-4-1", "2.2.3/NUA-17", "", ""),
    ("11-6-1", "1.1.3.1/NUA-18", "", ""),
    ("11-6-2", "1.3.2.1/NUA-21", "KZBOR", "_L_KZ_110602_1B"),
    ("11-a-1", "2.2.1/NUA-22", "", ""),
)
PROSE = {
    "1.1.2.4/actions": "В 2021–2024 годах обновлены генеральные планы городов.\n\nВедётся учёт ветхого жилья.",
    "1.1.2.4/results": "Число жителей аварийного жилья учитывается по регионам.",
    "1.1.2.4/challenges": "Не хватает данных по малым городам.",
    "1.1.2.4/next": "До 2029 года продолжится обновление жилья.",
}
FRONT: dict[str, Any] = {
    "F.1/institution": "Министерство, ответственное за градостроительство",
    "F.1/period": {"from": "2021", "to": "2024"},
    "F.1/contacts": [
        {"name": "Focal point", "post": "focal point", "office": "", "email": "focal.point.kaz@example.org"}
    ],
    "F.2/summary": "Краткое изложение для испытания портала.",
    "F.3/process": "Доклад подготовлен для испытания портала по опубликованным показателям.",
}
CHANNEL_B = (
    (
        "un_sdg/ddf--datapoints--en_atm_pm25--by--geo_area--location--nature--units--year.csv",
        {"edition": "December 2023"},
    ),
    ("un_habitat/SDG_11-1-1.xlsx", {"edition": "2023"}),
    ("world_bank/API_SP.URB.TOTL.IN.ZS_DS2_en_csv_v2_317545.csv", {}),
    ("kazakhstan/data_indicator_11-6-2.csv", {"entity": "KAZ", "edition": "2024"}),
)
ATTACHMENTS = (
    "ru_action_plan_report_table.docx",
    "ar_un_crc_c_gc_20.docx",
    "zh_taizhou_bank_statistics_2019_07.xlsx",
)


def figures(data: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of each indicator question: year, value as published, unit and source."""
    found: dict[str, list[dict[str, str]]] = {}
    for series, question, area, code in SERIES:
        with (data / "kazakhstan" / f"data_indicator_{series}.csv").open(encoding="utf-8", newline="") as file:
            rows = [
                row for row in csv.DictReader(file) if row.get("REF_AREA", "") == area and row.get("SERIES", "") == code
            ]
        found[question] = [
            {"year": row["Year"], "value": row["Value"], "unit": UNITS[row["UNIT_MEASURE"]], "source": SOURCE}
            for row in rows
        ]
        assert found[question], f"{series} has no row for the country"
    return found


def answers(data: Path) -> dict[str, Any]:
    """Every answer of the story by question key."""
    told = {key: {"status": "data", "reason": "", "rows": rows} for key, rows in figures(data).items()}
    return {**FRONT, **PROSE, **told}
