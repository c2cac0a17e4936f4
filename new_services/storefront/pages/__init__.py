"""The pages, a file for each group. PAGES is the table of what the storefront answers."""

from new_services.storefront.pages import (
    cart,
    checkout,
    home,
    lists,
    login,
    machines,
    orders,
    product,
    staff,
)
from new_services.storefront.routing import Page

PAGES: tuple[Page, ...] = (
    Page("/", get=home.home),
    Page("/search", get=lists.search),
    Page("/category/{code}", get=lists.category),
    Page("/product/{sku}", get=product.product),
    Page("/cart", get=cart.show),
    Page("/cart/add", post=cart.add),
    Page("/cart/update", post=cart.update),
    Page("/login", get=login.show, post=login.log_in),
    Page("/logout", post=login.log_out),
    Page("/checkout", get=checkout.show, post=checkout.order),
    Page("/orders", get=orders.history),
    Page("/orders/{order_no}", get=orders.detail),
    Page("/orders/{order_no}/cancel", post=orders.cancel),
    Page("/order-requests/{id}", get=orders.request),
    Page("/order-requests/{id}/cancel", post=orders.recall),
    Page("/admin", get=staff.home),
    Page("/admin/products", get=staff.articles),
    Page("/admin/products/{sku}", get=staff.article),
    Page("/admin/report", get=staff.report),
    Page("/admin/report.csv", get=staff.report_csv),
    Page("/robots.txt", get=machines.robots),
    Page("/favicon.ico", get=machines.favicon),
    Page("/img/{kind}-{colour}.svg", get=machines.picture),
    Page("/static/{path:path}", get=machines.static),
)
