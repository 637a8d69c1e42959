"""What the API shows but no table holds: names looked up by guid or code, and what the simulator never fills in.

A row of the table is `t`. Looking up at read time keeps rows small and names fresh.
"""

DEMO_USER_ID = "5a7c9e11-0d3b-4c62-9a55-1f0e7d2b4c01"
DEMO_USER_NAME = "Demo Gebruiker"

CONSTANTS = {  # any entity: one person keeps these books
    "Creator": f"'{DEMO_USER_ID}'",
    "CreatorFullName": f"'{DEMO_USER_NAME}'",
    "Modifier": f"'{DEMO_USER_ID}'",
    "ModifierFullName": f"'{DEMO_USER_NAME}'",
}


def _find(table: str, column: str, condition: str) -> str:
    where = f'x."Division"=t."Division" AND {condition}'
    return f'(SELECT x."{column}" FROM "{table}" x WHERE {where})'  # noqa: S608 - our own names


def _by_id(table: str, field: str, column: str) -> str:
    return _find(table, column, f'x."ID"=t."{field}"')


def _by_code(table: str, field: str, column: str) -> str:
    return _find(table, column, f'x."Code"=t."{field}"')


def _type_name(field: str) -> str:
    return _find("GLTransactionTypes", "Description", f'x."ID"=t."{field}"')


_ENTRY_STATUS = "CASE t.\"Status\" WHEN 5 THEN 'Afgekeurd' WHEN 20 THEN 'Open' WHEN 50 THEN 'Verwerkt' END"
_DOCUMENT = {
    "DocumentNumber": _by_id("Documents", "Document", "HID"),
    "DocumentSubject": _by_id("Documents", "Document", "Subject"),
}
_ACCOUNT = {
    "AccountCode": _by_id("Accounts", "Account", "Code"),
    "AccountName": _by_id("Accounts", "Account", "Name"),
}
_GL = {
    "GLAccountCode": _by_id("GLAccounts", "GLAccount", "Code"),
    "GLAccountDescription": _by_id("GLAccounts", "GLAccount", "Description"),
}
_LINE = {
    "CostCenterDescription": _by_code("Costcenters", "CostCenter", "Description"),
    "CostUnitDescription": _by_code("Costunits", "CostUnit", "Description"),
    "ProjectDescription": _by_id("Projects", "Project", "Description"),
    "VATCodeDescription": _by_code("VATCodes", "VATCode", "Description"),
}

DERIVED: dict[str, dict[str, str]] = {
    "SalesEntries": _DOCUMENT
    | {
        "CustomerName": _by_id("Accounts", "Customer", "Name"),
        "JournalDescription": _by_code("Journals", "Journal", "Description"),
        "PaymentConditionDescription": _by_code("PaymentConditions", "PaymentCondition", "Description"),
        "PaymentConditionPaymentMethod": _by_code("PaymentConditions", "PaymentCondition", "PaymentMethod"),
        "StatusDescription": _ENTRY_STATUS,
        "TypeDescription": _type_name("Type"),
    },
    "SalesEntryLines": _GL | _LINE,
    "TransactionLines": _ACCOUNT
    | _DOCUMENT
    | _GL
    | _LINE
    | {
        "JournalDescription": _by_code("Journals", "JournalCode", "Description"),
        "ProjectCode": _by_id("Projects", "Project", "Code"),
    },
    "Transactions": _DOCUMENT
    | {
        "JournalDescription": _by_code("Journals", "JournalCode", "Description"),
        "PaymentConditionDescription": _by_code("PaymentConditions", "PaymentConditionCode", "Description"),
        "StatusDescription": _ENTRY_STATUS,
        "TypeDescription": _type_name("Type"),
    },
    "PaymentTerms": _ACCOUNT
    | _DOCUMENT
    | _GL
    | {
        "AccountCountry": _by_id("Accounts", "Account", "Country"),
        "JournalDescription": _by_code("Journals", "Journal", "Description"),
        "PaymentConditionDescription": _by_code("PaymentConditions", "PaymentCondition", "Description"),
        "LineType": "20",
    },
    "Accounts": {
        "InvoiceAccountCode": _by_id("Accounts", "InvoiceAccount", "Code"),
        "InvoiceAccountName": _by_id("Accounts", "InvoiceAccount", "Name"),
        "PaymentConditionSalesDescription": _by_code("PaymentConditions", "PaymentConditionSales", "Description"),
        "SalesVATCodeDescription": _by_code("VATCodes", "SalesVATCode", "Description"),
        "IsMember": "0",
        "IsBank": "0",
        "IsAnonymised": "0",
    },
    "Contacts": {
        "AccountName": _by_id("Accounts", "Account", "Name"),
        "AccountIsSupplier": _by_id("Accounts", "Account", "IsSupplier"),
        "AccountMainContact": _by_id("Accounts", "Account", "MainContact"),
        "City": _by_id("Accounts", "Account", "City"),
        "Postcode": _by_id("Accounts", "Account", "Postcode"),
        "Country": _by_id("Accounts", "Account", "Country"),
        "IsMainContact": (
            'EXISTS (SELECT 1 FROM "Accounts" x WHERE x."Division"=t."Division" '
            'AND x."ID"=t."Account" AND x."MainContact"=t."ID")'
        ),
        "FullName": (
            "TRIM(TRIM(COALESCE(t.\"FirstName\",'')||' '||COALESCE(t.\"MiddleName\",''))"
            "||' '||COALESCE(t.\"LastName\",''))"
        ),
        "IsAnonymised": "0",
    },
    "Addresses": {
        "AccountName": _by_id("Accounts", "Account", "Name"),
        "AccountIsSupplier": _by_id("Accounts", "Account", "IsSupplier"),
        "ContactName": (
            "(SELECT TRIM(COALESCE(x.\"FirstName\",'')||' '||COALESCE(x.\"LastName\",'')) FROM \"Contacts\" x "
            'WHERE x."Division"=t."Division" AND x."ID"=t."Contact")'
        ),
    },
    "BankAccounts": {
        "AccountName": _by_id("Accounts", "Account", "Name"),
        "IBAN": 't."BankAccount"',
        "TypeDescription": "'Account'",
    },
    "Documents": _ACCOUNT
    | {
        "CategoryDescription": _by_id("DocumentCategories", "Category", "Description"),
        "TypeDescription": _by_id("DocumentTypes", "Type", "Description"),
        "ProjectCode": _by_id("Projects", "Project", "Code"),
        "ProjectDescription": _by_id("Projects", "Project", "Description"),
        "HasEmptyBody": "COALESCE(t.\"Body\",'')=''",
    },
    "DocumentAttachments": {
        "Attachment": "NULL",  # 3.8: upload fields read back as null
        "Url": (
            "'{base}/docs/SysAttachment.aspx?ID='||t.\"ID\"||'&_Division_='||t.\"Division\"||'&Stamp='||t.\"Timestamp\""
        ),
    },
    "Journals": {
        "GLAccountCode": _by_id("GLAccounts", "GLAccount", "Code"),
        "GLAccountDescription": _by_id("GLAccounts", "GLAccount", "Description"),
        "GLAccountType": _by_id("GLAccounts", "GLAccount", "Type"),
    },
    "GLAccounts": {
        "CostcenterDescription": _by_code("Costcenters", "Costcenter", "Description"),
        "VATDescription": _by_code("VATCodes", "VATCode", "Description"),
    },
    "VATCodes": {
        "GLToPayCode": _by_id("GLAccounts", "GLToPay", "Code"),
        "GLToPayDescription": _by_id("GLAccounts", "GLToPay", "Description"),
        "GLToClaimCode": _by_id("GLAccounts", "GLToClaim", "Code"),
        "GLToClaimDescription": _by_id("GLAccounts", "GLToClaim", "Description"),
        "AccountCode": _by_id("Accounts", "Account", "Code"),
        "AccountName": _by_id("Accounts", "Account", "Name"),
        "Percentage": (
            '(SELECT x."Percentage" FROM "VatPercentages" x WHERE x."Division"=t."Division" '
            'AND x."VATCodeID"=t."ID" AND x."Type"=0 AND x."StartDate"<=sim_now() '
            'AND (x."EndDate" IS NULL OR x."EndDate">=sim_today()) ORDER BY x."StartDate" DESC LIMIT 1)'
        ),
    },
    "Projects": _ACCOUNT
    | {
        "DivisionName": (
            '(SELECT x."Description" FROM "Divisions" x WHERE x."Code"=t."Division" AND x."Division"=t."Division")'
        ),
        "TypeDescription": (
            "CASE t.\"Type\" WHEN 1 THEN 'Campagne' WHEN 2 THEN 'Vaste prijs' WHEN 3 THEN 'Nacalculatie' "
            "WHEN 4 THEN 'Niet declarabel' WHEN 5 THEN 'Vooruitbetaald' END"
        ),
    },
    "Divisions": {
        "HID": 't."Hid"',
        "Main": 't."IsMainDivision"',
    },
}

STORED: dict[str, str] = {  # tables that nobody writes through the API: the columns that the simulator fills in
    "SalesEntries": (
        "EntryID AmountDC AmountFC BatchNumber Created Currency Customer CustomField Description Division Document "
        "DueDate EntryDate EntryNumber ExternalLinkReference GAccountAmountFC InvoiceNumber IsExtraDuty Journal "
        "Modified OrderNumber PaymentCondition PaymentReference ProcessNumber Rate ReportingPeriod ReportingYear "
        "Reversal Status Type VATAmountDC VATAmountFC WithholdingTaxAmountDC WithholdingTaxBaseAmount "
        "WithholdingTaxPercentage YourRef"
    ),
    "SalesEntryLines": (
        "ID AmountDC AmountFC Asset CostCenter CostUnit CustomField Description Division EntryID ExtraDutyAmountFC "
        "ExtraDutyPercentage From GLAccount IntraStatArea IntraStatCountry IntraStatDeliveryTerm "
        "IntraStatTransactionA IntraStatTransactionB IntraStatTransportMethod LineNumber Notes Project ProjectWBS "
        "Quantity SerialNumber StatisticalNetWeight StatisticalNumber StatisticalQuantity StatisticalValue "
        "Subscription TaxSchedule To TrackingNumber Type VATAmountDC VATAmountFC VATBaseAmountDC VATBaseAmountFC "
        "VATCode VATPercentage"
    ),
    "TransactionLines": (
        "ID Account AmountDC AmountFC AmountVATBaseFC AmountVATFC CostCenter CostUnit Created Currency Date "
        "Description Division Document DueDate EntryID EntryNumber ExchangeRate ExternalLinkReference "
        "FinancialPeriod FinancialYear GLAccount InvoiceNumber JournalCode LineNumber LineType Modified Notes "
        "OffsetID OrderNumber PaymentReference Project Quantity SerialNumber Status Type VATCode VATPercentage "
        "VATType YourRef Timestamp"
    ),
    "Transactions": (
        "EntryID Created Date Description Division Document EntryNumber ExternalLinkReference FinancialPeriod "
        "FinancialYear JournalCode Modified PaymentConditionCode PaymentReference Status Type"
    ),
    "PaymentTerms": (
        "ID Account AmountDC AmountFC Created Currency Description Division Document DueDate EndDate EndPeriod "
        "EndYear EntryDate EntryID EntryNumber GLAccount InvoiceDate InvoiceNumber IsFullyPaid Journal "
        "LastPaymentDate Modified PaymentCondition PaymentDays PaymentMethod PaymentReference RateFC Source Status "
        "TransactionAmountDC TransactionAmountFC TransactionDueDate TransactionEntryID TransactionID "
        "TransactionIsReversal TransactionReportingPeriod TransactionReportingYear TransactionStatus "
        "TransactionType YourRef Timestamp"
    ),
    "DocumentAttachments": "ID Document FileName FileSize Timestamp",
    "Deleted": "ID Timestamp DeletedBy DeletedDate Division EntityKey EntityType",
}

EXTRA_STORED = {  # read-only properties that the simulator fills in, beside what clients write
    "Accounts": "Type IsSales IsPurchase CustomerSince StatusSince",
    "BankAccounts": "Type",
    "Contacts": "Code",
    "WebhookSubscriptions": "ClientID Description",
}
