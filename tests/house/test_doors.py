"""What a page of the synthesis, the evidence, calls, partners and channel b changes, a program can change too, by the
same permission; each that is left to pages alone says why.
"""

from __future__ import annotations

from tests.house.addresses import ADDRESSES

ROOMS = ("/synthesis", "/evidence", "/registrations", "/partner", "/calls", "/channels", "/invitation")
STATEMENT, CASE = "/statements/<uuid:statement_id>", "/contradictions/<uuid:case_id>"
CALL, PARTNER = "/calls/<uuid:call_id>", "/partners/<uuid:partner_id>"
PASSAGE = "/passages/<int(min=1, max=9007199254740991):passage_id>/codes"
BY_API = {
    "/synthesis/<heading>/statements": ("POST", "/statements"),
    f"/synthesis{STATEMENT}/text": ("PUT", STATEMENT),
    f"/synthesis{STATEMENT}/citations": ("POST", f"{STATEMENT}/citations"),
    f"/synthesis{STATEMENT}/citations/<uuid:citation_id>/remove": (
        *("POST", f"{STATEMENT}/citations/<uuid:citation_id>/remove"),
    ),
    f"/synthesis{STATEMENT}/support": ("POST", f"{STATEMENT}/support"),
    f"/synthesis{STATEMENT}/place": ("POST", f"{STATEMENT}/place"),
    f"/synthesis{STATEMENT}/withdraw": ("POST", f"{STATEMENT}/withdraw"),
    "/synthesis/check-again/<uuid:recheck_id>": ("PATCH", "/rechecks/<uuid:recheck_id>"),
    f"/synthesis/supplements/<uuid:supplement_id>{STATEMENT}": ("POST", "/supplements/<uuid:supplement_id>/marks"),
    "/synthesis/releases": ("POST", "/releases"),
    "/evidence/contradictions/find": ("POST", "/contradictions/find"),
    f"/evidence{CASE}/question": ("POST", f"{CASE}/question"),
    f"/evidence{CASE}/outcome": ("PATCH", CASE),
    "/evidence/requests": ("POST", "/requests"),
    "/evidence/requests/<uuid:request_id>/withdraw": ("POST", "/requests/<uuid:request_id>/withdraw"),
    f"/evidence{PASSAGE}": ("PUT", PASSAGE),
    "/channels/<any(c, d, e, f):channel>/calls": ("POST", "/calls"),
    f"{CALL}/close": ("POST", f"{CALL}/close"),
    f"{CALL}/end": ("PATCH", CALL),
    f"{CALL}/partners": ("POST", f"{CALL}/partners"),
    f"{CALL}/registration": ("POST", f"{CALL}/registrations"),
    f"{CALL}/contributions": ("POST", "/contributions"),
    f"{CALL}/file": ("POST", "/contributions/table"),
    "/registrations/<uuid:registration_id>/confirm": ("POST", "/registrations/<uuid:registration_id>/confirm"),
    "/registrations/<uuid:registration_id>/decline": ("POST", "/registrations/<uuid:registration_id>/decline"),
    "/partners": ("POST", "/partners"),
    f"{PARTNER}/people": ("POST", f"{PARTNER}/people"),
    f"{PARTNER}/people/<uuid:user_id>/end": ("POST", f"{PARTNER}/people/<uuid:user_id>/end"),
    "/channels/b": ("POST", "/datasets"),
    "/channels/b/files": ("POST", "/datasets/preview"),
    "/channels/b/<uuid:import_id>/verdict": ("POST", "/datasets/<uuid:dataset_id>/verdicts"),
    "/channels/b/rules/columns/<uuid:mapping_id>/forget": ("POST", "/mappings/<uuid:mapping_id>/forget"),
}
FILE = "/channels/b/files/<uuid:file_id>"
A_TOKEN_WIDENS_NOTHING = "whoever accepts shows a code and chooses or gives a password"
KEPT_BY_THE_PROGRAM = (
    "a program keeps its file itself: POST /datasets/preview, /mappings and /datasets do what these do"
)
PAGES_ALONE = {
    "/invitation": A_TOKEN_WIDENS_NOTHING,
    "/invitation/<uuid:invitation_id>/accept": A_TOKEN_WIDENS_NOTHING,
    "/partner-invitation": A_TOKEN_WIDENS_NOTHING,
    f"{FILE}/columns": KEPT_BY_THE_PROGRAM,
    f"{FILE}/confirm": KEPT_BY_THE_PROGRAM,
    f"{FILE}/drop": KEPT_BY_THE_PROGRAM,
    f"{FILE}/areas": "what a name of an area means is said where the file is shown",
    "/channels/b/rules/areas/<int:alias_id>/forget": "as it is said on pages, it is given up there",
}


def test_what_a_page_changes_a_program_can_change_by_the_same_permission() -> None:
    pages = {rule: permission for (method, rule), permission in ADDRESSES.items() if method == "POST"}
    there = {rule: permission for rule, permission in pages.items() if rule.startswith(ROOMS)}
    assert sorted(there) == sorted([*BY_API, *PAGES_ALONE])
    called = {rule: ADDRESSES[method, f"/api/v1{path}"] for rule, (method, path) in BY_API.items()}
    assert called == {rule: there[rule] for rule in BY_API}


def test_what_is_kept_of_columns_with_a_file_is_kept_by_itself_too() -> None:
    assert (ADDRESSES["POST", "/api/v1/mappings"], ADDRESSES["GET", "/api/v1/mappings"]) == (
        ADDRESSES["POST", "/channels/b/rules/columns/<uuid:mapping_id>/forget"],
        ADDRESSES["GET", "/channels/b/rules"],
    )
