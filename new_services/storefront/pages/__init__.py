"""The pages, a file for each group. PAGES is the table of what the storefront answers."""

from new_services.storefront.pages import home
from new_services.storefront.routing import Page

PAGES: tuple[Page, ...] = (Page("/", get=home.home),)
