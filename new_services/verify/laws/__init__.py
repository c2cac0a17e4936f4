"""What must hold inside one database: of stock and money, of orders, of sales figures."""
