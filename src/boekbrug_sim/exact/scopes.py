"""Which scope an endpoint asks for. Source: exact-rest.md 1.6."""

SCOPES = {
    "SalesEntries": "financial.accounting",
    "SalesEntryLines": "financial.accounting",
    "VATCodes": "financial.accounting",
    "VatPercentages": "financial.accounting",
    "TransactionLines": "financial.accounting",
    "BulkTransactionLines": "financial.accounting",
    "SyncTransactionLines": "financial.accounting",
    "Transactions": "financial.accounting",
    "Accounts": "crm.accounts",
    "SyncAccounts": "crm.accounts",
    "Contacts": "crm.accounts",
    "SyncContacts": "crm.accounts",
    "Addresses": "crm.accounts",
    "SyncAddresses": "crm.accounts",
    "BankAccounts": "crm.accounts",
    "Documents": "organization.documents",
    "SyncDocuments": "organization.documents",
    "DocumentAttachments": "organization.documents",
    "SyncDocumentAttachments": "organization.documents",
    "GLAccounts": "financial.generalledgers",
    "SyncGLAccounts": "financial.generalledgers",
    "Journals": "financial.generalledgers",
    "Costcenters": "financial.costcenters",
    "Costunits": "financial.costcenters",
    "Projects": "projects.projects",
    "SyncProjects": "projects.projects",
    "Receivables": "financial.receivables",
    "BulkReceivables": "financial.receivables",
    "ReceivablesList": "financial.receivables",
    "SyncPaymentTerms": "financial.receivables",
    "PaymentConditions": "financial.cashflow",
    "SystemDivisions": "organization.administration",
    "AllDivisions": "organization.administration",
    "WebhookSubscriptions": "organization.administration",
}

SALES_SCOPES = ("financial.accounting", "sales.invoices")  # 1.6: sources differ
EITHER = "either"


def scope_refusal(
    entity: str,
    method: str,
    scopes: tuple[str, ...] | None,
    *,
    sales_entry_scope: object = "financial.accounting",
    levels: bool = True,
) -> str | None:
    """The text of the 403, when the login lacks the scope of an endpoint; None is every scope.

    A scope is named `financial.accounting` for both levels, or with ` read` or ` manage` behind it.
    """
    wanted = str(sales_entry_scope) if entity.startswith("SalesEntr") else SCOPES.get(entity)
    if scopes is None or wanted is None:
        return None
    level = "read" if method == "GET" else "manage"
    if not levels:
        scopes = tuple(scope.partition(" ")[0] for scope in scopes)
    if entity.startswith("SalesEntr") and sales_entry_scope == EITHER:
        wanted = next((scope for scope in SALES_SCOPES if {scope, f"{scope} {level}"} & set(scopes)), SALES_SCOPES[0])
    if {wanted, f"{wanted} {level}", f"{wanted} manage"} & set(scopes):
        return None
    return f"Forbidden - Application Scope Violated. Cannot {level} '{wanted}' scope."
