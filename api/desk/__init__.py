"""The desk at `/desk`: the pages on which a credit controller works, over the services that the API and commands use.

No page computes a rule: it asks a service, and shows what that says. To add a page:

1. a file in the folder of its subject, with `X_router() -> APIRouter`; each route says which role it wants by
   `visit: Annotated[Visit, needs(DeskRole.READ)]` (`visiting.py`), and ends in `return visit.page("x", …)`;
2. its template `templates/x.html`, which extends `base.html`: blocks `title` and `main`; every text by `tr("…")` or
   `trn(…)`, with its line in `speech/catalogues/nl.po`; `money`, `day`, `moment`, `dated` and `case_url` write values;
   `{% set here = "zaken" %}` says which link of the menu it stands under;
3. its router in `pages.py`, and in `templates/base.html` its link in the menu.

A form is a POST to a route of its own with `{{ csrf() }}` in it; `needs` lets none in without. What it does goes
through `acting.acted`, which writes the act down under the name of who is signed in; then `visit.to(…)` leads on.
`tests/api/desk/test_access.py` finds a route without a role, and asks each as every role.
"""
