"""Panel Factuur, in the form that the panels of a koppeling have too."""

from boekbrug.web import option_labels
from boekbrug.web.pages.integration import fields
from boekbrug.web.pages.integration.forms import PanelForm


class InvoiceForm(PanelForm):
    """Panel Factuur, of the organisation."""

    panel = option_labels.INVOICE

    order_date_type = fields.choice("order_date_type")
    order_date_determination = fields.choice("order_date_determination")
