"""What must hold inside one database: of stock, money, orders, sales figures, and accounts."""
