"""What the shop sells, in words: categories, and the parts names and texts are made of."""

from dataclasses import dataclass

# Code, name, parent; the order is the order of the menu.
CATEGORIES: tuple[tuple[str, str, str | None], ...] = (
    ("CLOTHING", "Clothing", None),
    ("JACKETS", "Jackets", "CLOTHING"),
    ("TROUSERS", "Trousers & Shorts", "CLOTHING"),
    ("SHIRTS", "Shirts & Base Layers", "CLOTHING"),
    ("SOCKS", "Socks", "CLOTHING"),
    ("HATS", "Hats & Gloves", "CLOTHING"),
    ("FOOTWEAR", "Footwear", None),
    ("BOOTS", "Hiking Boots", "FOOTWEAR"),
    ("SHOES", "Trail Shoes", "FOOTWEAR"),
    ("SANDALS", "Sandals", "FOOTWEAR"),
    ("CAMPING", "Camping", None),
    ("TENTS", "Tents", "CAMPING"),
    ("SLEEPING", "Sleeping Bags", "CAMPING"),
    ("MATS", "Mats & Pads", "CAMPING"),
    ("KITCHEN", "Stoves & Kitchen", "CAMPING"),
    ("PACKS", "Packs & Bags", None),
    ("BACKPACKS", "Trekking Packs", "PACKS"),
    ("DAYPACKS", "Daypacks", "PACKS"),
    ("CLIMBING", "Climbing", None),
    ("ROPES", "Ropes & Harnesses", "CLIMBING"),
    ("EQUIPMENT", "Equipment", None),
    ("LAMPS", "Lamps & Light", "EQUIPMENT"),
    ("BOTTLES", "Bottles & Flasks", "EQUIPMENT"),
)

LETTERS = ("XS", "S", "M", "L", "XL", "XXL")
SHOE_SIZES = tuple(str(size) for size in range(37, 47))
LENGTHS = ("regular", "long")
ONE = ("",)


@dataclass(frozen=True)
class Kind:
    """A kind of article; prices in euros, weights in grams, each as (lowest, highest)."""

    category: str
    prefix: str
    picture: str
    nouns: tuple[str, ...]
    price: tuple[int, int]
    weight: tuple[int, int]
    sizes: tuple[str, ...]
    tags: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    Kind("JACKETS", "JKT", "jacket", ("Rain Jacket", "Softshell Jacket", "Down Jacket", "Fleece",
         "Windbreaker", "Insulated Parka"), (59, 429), (210, 1150), LETTERS,
         ("hiking", "waterproof", "windproof", "men", "women")),
    Kind("TROUSERS", "TRS", "trousers", ("Trekking Trousers", "Zip-off Trousers", "Shorts",
         "Softshell Trousers"), (39, 189), (190, 620), LETTERS, ("hiking", "stretch", "men")),
    Kind("SHIRTS", "SHT", "shirt", ("Merino Shirt", "Base Layer", "Checked Shirt", "T-Shirt",
         "Long Sleeve"), (25, 119), (120, 310), LETTERS, ("merino", "hiking", "women")),
    Kind("SOCKS", "SCK", "socks", ("Trekking Socks", "Merino Socks", "Ski Socks"), (9, 32),
         (40, 120), ("36-38", "39-41", "42-44", "45-47"), ("merino", "hiking")),
    Kind("HATS", "HAT", "hat", ("Beanie", "Sun Hat", "Cap", "Gloves"), (15, 69), (45, 180), ONE,
         ("winter", "sun", "unisex")),
    Kind("BOOTS", "BTS", "boot", ("Trekking Boots", "Mountain Boots", "Winter Boots"), (119, 389),
         (980, 1900), SHOE_SIZES, ("hiking", "waterproof", "leather")),
    Kind("SHOES", "SHO", "shoe", ("Trail Runner", "Approach Shoe", "Walking Shoe"), (79, 199),
         (480, 920), SHOE_SIZES, ("running", "vegan", "light")),
    Kind("SANDALS", "SND", "sandal", ("Trekking Sandals", "Bathing Sandals"), (29, 119),
         (310, 700), SHOE_SIZES, ("summer", "vegan")),
    Kind("TENTS", "TNT", "tent", ("2-Person Tent", "3-Person Tent", "Family Tent", "Solo Tent",
         "Tarp"), (89, 1199), (900, 14500), ONE, ("camping", "waterproof", "3-season")),
    Kind("SLEEPING", "SLP", "sleepingbag", ("Down Sleeping Bag", "Summer Sleeping Bag",
         "Winter Sleeping Bag"), (49, 649), (480, 2100), LENGTHS, ("camping", "down", "winter")),
    Kind("MATS", "MAT", "mat", ("Sleeping Mat", "Air Mattress", "Foam Pad"), (19, 229),
         (320, 1400), LENGTHS, ("camping", "light")),
    Kind("KITCHEN", "KIT", "stove", ("Gas Stove", "Cooking Set", "Spirit Stove", "Kettle"),
         (12, 189), (90, 1600), ONE, ("camping", "cooking")),
    Kind("BACKPACKS", "BPK", "backpack", ("Trekking Pack 45", "Trekking Pack 60", "Alpine Pack 38",
         "Expedition Pack 80"), (99, 399), (1100, 2900), LENGTHS, ("hiking", "trekking")),
    Kind("DAYPACKS", "DPK", "backpack", ("Daypack 18", "Daypack 24", "Commuter Pack", "Hip Bag"),
         (29, 149), (210, 1050), ONE, ("hiking", "city", "recycled")),
    Kind("ROPES", "RPE", "rope", ("Single Rope 60 m", "Half Rope 50 m", "Harness", "Sling Set"),
         (19, 289), (110, 3900), ONE, ("climbing", "alpine")),
    Kind("LAMPS", "LMP", "lamp", ("Headlamp", "Lantern", "Torch"), (15, 169), (45, 480), ONE,
         ("camping", "usb-c", "night")),
    Kind("BOTTLES", "BTL", "bottle", ("Thermos Flask", "Steel Bottle", "Water Bag", "Mug"),
         (9, 59), (80, 620), ONE, ("hiking", "bpa-free")),
)  # fmt: skip

LINES = ("Höhenweg", "Fjordlicht", "Bergtüchtig", "Nordlüft", "Wildbach", "Grünten", "Zugspitz",
         "Märchenwald", "Kühtai", "Watzmann", "Isarflößer", "Tölzer", "Müritz", "Königssee",
         "Föhn", "Steinbock", "Gämse", "Alpenglüh", "Süderoog", "Rügen")  # fmt: skip
GRADES = ("Light", "Pro", "Classic", "Trail", "Peak", "Ultra", "Eco", "Tour", "II", "III")
COLOURS = ("Black", "Blue", "Brown", "Green", "Grey", "Ochre", "Orange", "Red", "Sand", "Teal",
           "Violet", "White")  # fmt: skip
EMOJI = ("🏔️", "⛺", "🔦", "🥾", "🌲", "☀️")
SENTENCES = (
    "Made for long days above the tree line.",
    "Der Klassiker für Tour und Alltag, in kleiner Stückzahl genäht.",
    "Packs away small and dries overnight.",
    "Tested for three seasons by our own staff between Füssen and Görlitz.",
    "Every seam is taped; every zip can be replaced.",
    "Repairable in our workshop: we keep spare parts for ten years.",
    "Robust wie am ersten Tag – auch nach 1.000 Kilometern.",
    "Recycled fabric, PFC-free finish.",
    "Not the lightest of its kind, but the one you will still have in ten years.",
    "Size up if you wear a thick layer underneath.",
)
GIVEN = ("Jürgen", "Käthe", "Sören", "Björn", "Anneliese", "Mehmet", "Zoë", "Łukasz", "Renée",
         "Grete", "Jörg", "Ümit", "Hannah", "Paul", "Émile", "Ines", "Øystein", "Marta", "Noah",
         "Frieda")  # fmt: skip
FAMILY = ("Müller", "Weiß", "Grünwald", "Schäfer", "Özdemir", "Nowak", "Brömme", "Löffler",
          "Kaltenbach", "Fischer", "Jäger", "Großmann", "Vogt", "Nußbaum", "Wagner", "Åberg",
          "Dvořák", "Köhler", "Höß", "Lang")  # fmt: skip
STREETS = ("Gartenstraße", "Am Mühlbach", "Bahnhofsweg", "Lindenallee", "Große Gasse",
           "Schloßplatz", "Obere Wiese", "Kirchberg")  # fmt: skip
CITIES = (("80331", "München"), ("87629", "Füssen"), ("50667", "Köln"), ("02826", "Görlitz"),
          ("79098", "Freiburg"), ("24103", "Kiel"), ("99084", "Erfurt"),
          ("72070", "Tübingen"))  # fmt: skip
