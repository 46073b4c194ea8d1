"""Prints the papers of a case: its documents, and the remarks on them."""

from cli.output import console, new_table, said_here
from services.reports.case_papers import Papers
from speech.words import tr

__all__ = ["show_papers"]


def show_papers(papers: Papers) -> None:
    """Print the papers of a case, if there are any."""
    out = console()
    if papers.documents:
        table = new_table("\n" + tr("Documents"), "name", "type", "bytes", right=("bytes",))
        for each in papers.documents:
            table.add_row(each.name, each.media_type, str(each.bytes))
        out.print(table)
    if papers.sent:
        table = new_table("\n" + tr("From the debtor"), "received", "name", "type", "about", "SHA-256")
        for paper in papers.sent:
            table.add_row(paper.received_at[:10], paper.name, paper.media_type, paper.about, paper.sha256[:12])
        out.print(table)
    if papers.remarks:
        table = new_table("\n" + tr("Remarks"), "on", "place", "remark")
        for remark in papers.remarks:
            table.add_row(remark.document, remark.place, said_here(remark.reason))
        out.print(table)
