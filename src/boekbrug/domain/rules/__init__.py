"""The eighteen rules of booking.md, in order: each a short function that decides its part and reports what is wrong.

Rule 7 decides which lines there are before the others look at them; rules 5, 6 and 12 have been worked out when
the draft was laid out, because others build on them. Here they are judged in their own place.
"""

from boekbrug.domain.draft import Rule
from boekbrug.domain.rules.balance import lines_and_vat_must_be_the_invoice
from boekbrug.domain.rules.customer import (
    customer_must_be_one,
    customer_record_must_fit,
    known_customer_must_be_certain,
    must_have_a_customer_number,
    new_customer_must_be_new,
    vat_number_must_serve,
)
from boekbrug.domain.rules.deferral import revenue_must_fall_in_its_months
from boekbrug.domain.rules.header import (
    currency_must_be_allowed,
    dates_must_fall_in_an_open_period,
    entry_number_must_be_whole,
    journal_must_be_for_sales,
    receivables_accounts_must_be_one,
    type_follows_the_sign,
)
from boekbrug.domain.rules.ledger import cost_centres_must_be_usable, gl_accounts_must_take_revenue
from boekbrug.domain.rules.payment import (
    mapped_condition_must_exist,
    payment_condition_must_fit,
    payment_reference_must_be_sound,
)
from boekbrug.domain.rules.project import projects_must_exist
from boekbrug.domain.rules.scope import (
    must_be_dated_from_the_start,
    must_be_definitive,
    must_have_something_to_book,
)
from boekbrug.domain.rules.texts import header_texts_must_fit, line_texts_must_fit
from boekbrug.domain.rules.vat import (
    vat_codes_must_be_for_sales,
    vat_must_agree_with_base_and_rate,
    vat_percentage_must_be_the_codes,
)

RULES: tuple[Rule, ...] = (
    must_be_definitive,  # 1
    must_be_dated_from_the_start,  # 2
    journal_must_be_for_sales,  # 3
    receivables_accounts_must_be_one,  # 3
    entry_number_must_be_whole,  # 4
    must_have_a_customer_number,  # 5
    customer_must_be_one,  # 6
    known_customer_must_be_certain,  # 6
    new_customer_must_be_new,  # 6
    customer_record_must_fit,  # 6
    must_have_something_to_book,  # 7
    vat_codes_must_be_for_sales,  # 8
    vat_percentage_must_be_the_codes,  # 8
    vat_must_agree_with_base_and_rate,  # 8
    gl_accounts_must_take_revenue,  # 9
    cost_centres_must_be_usable,  # 9
    revenue_must_fall_in_its_months,  # 10
    projects_must_exist,  # 11
    dates_must_fall_in_an_open_period,  # 12
    type_follows_the_sign,  # 13
    payment_condition_must_fit,  # 14
    mapped_condition_must_exist,  # 14
    payment_reference_must_be_sound,  # 14
    vat_number_must_serve,  # 15
    header_texts_must_fit,  # 16
    line_texts_must_fit,  # 16
    currency_must_be_allowed,  # 17
    lines_and_vat_must_be_the_invoice,  # 18
)
