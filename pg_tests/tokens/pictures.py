"""QR codes as admit-qr draws them, read by a decoder that is not ours (zxing-cpp).

Asserted of each picture: content, version, error correction level, the modules measured in pixels and a
quiet zone of four of them. SVGs are rasterised by resvg, sheets by PDFium. Ends with `N passed, N failed`.
Arguments: the program admit-qr, core/vectors/ticket_tokens.json.
"""

import io
import json
import subprocess
import sys

import pypdfium2
import resvg_py
import zxingcpp
from PIL import Image, ImageChops

QUIET_ZONE_MODULES = 4
SHEET_DPI = 300
LINK = "https://club.example/wallet/0190b8a0-0000-7000-8000-000000000001/0190b8a0-0000-7000-8000-000000000002" \
       "?code=D7H77KHMPCZPZESAGCMPAVDF74"
passed = failed = 0


def check(name, good, shown=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAILED: {name} {shown}")


def drawn(*arguments):
    return subprocess.run([sys.argv[1], *map(str, arguments)], check=True, capture_output=True).stdout


def flat(image):
    """Grey, on white where it is transparent."""
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("L")


def read(image):
    return zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode, text_mode=zxingcpp.TextMode.Plain)


def dark_run(image, x, y):
    """Dark pixels from here to the right."""
    length = 0
    while x + length < image.width and image.getpixel((x + length, y)) < 128:
        length += 1
    return length


def measured(image):
    """Version and quiet zones (left, top, right, bottom) in modules, from pixels alone."""
    left, top, right, bottom = ImageChops.invert(image.point(lambda value: 255 if value > 127 else 0)).getbbox()
    module = dark_run(image, left, top) / 7
    version = ((right - left) / module - 17) / 4
    return version, tuple(side / module for side in (left, top, image.width - right, image.height - bottom))


def near(value, expected, tolerance):
    return abs(value - expected) <= tolerance


def check_code(name, image, text, version, level, tolerance):
    found = read(image)
    check(f"{name}: one code", len(found) == 1, len(found))
    if len(found) != 1:
        return
    code = found[0]
    check(f"{name}: content", code.text == text, code.text)
    check(f"{name}: level {level}", code.ec_level == level, code.ec_level)
    said = (code.extra or {}).get("Version")
    check(f"{name}: version {version}", str(said) == str(version), code.extra)
    size, quiet = measured(image)
    check(f"{name}: {17 + 4 * version} modules a side", near(size, version, tolerance), size)
    check(f"{name}: quiet zone", all(near(side, QUIET_ZONE_MODULES, tolerance) for side in quiet), quiet)


def pictures(name, text, screen, print_version):
    for purpose, version, level in (("screen", screen, "M"), ("print", print_version, "Q")):
        asked = ("--for", purpose, "--size-pixels", 600, "--title", f"<{name}> & \"more\"", text)
        png = drawn("--format", "png", *asked)
        check(f"{name} PNG {purpose}: the same bytes again", png == drawn("--format", "png", *asked))
        image = Image.open(io.BytesIO(png))
        check(f"{name} PNG {purpose}: one bit a pixel", image.mode == "1", image.mode)
        modules = 17 + 4 * version + 2 * QUIET_ZONE_MODULES
        check(f"{name} PNG {purpose}: whole modules", image.size == (600 // modules * modules,) * 2, image.size)
        check_code(f"{name} PNG {purpose}", image.convert("L"), text, version, level, 0)
        svg = drawn("--format", "svg", *asked).decode()
        # Twelve pixels a module, so that the rasteriser has nothing to smooth.
        raster = resvg_py.svg_to_bytes(svg_string=svg, width=12 * modules)
        image = flat(Image.open(io.BytesIO(bytes(raster))))
        check_code(f"{name} SVG {purpose}", image, text, version, level, 0)


def smallest(text):
    """The smallest picture on offer is still read."""
    image = Image.open(io.BytesIO(drawn("--format", "png", "--size-pixels", 128, text)))
    found = read(image.convert("L"))
    check("the smallest picture is read", [code.text for code in found] == [text], len(found))


def sheets(texts, versions, paper, points):
    layout = ("--format", "pdf", "--paper", paper, "--columns", 2, "--rows", 3)
    pdf = drawn(*layout, "--copies", 3, "--title", "Eingang – Łódź", *texts)
    document = pypdfium2.PdfDocument(pdf)
    printed = [text for text in texts for _ in range(3)]
    check(f"{paper}: pages", len(document) == -(-len(printed) // 6), len(document))
    seen = []
    for page in document:
        check(f"{paper}: size", all(near(*pair, 0.01) for pair in zip(page.get_size(), points)), page.get_size())
        image = page.render(scale=SHEET_DPI / 72).to_pil().convert("L")
        # Half an inch is white on every side; the rest is three rows.
        row = (image.height - SHEET_DPI) / 3
        codes = sorted(read(image), key=lambda code: (
            (code.position.top_left.y - SHEET_DPI / 2) // row, code.position.top_left.x))
        words = page.get_textpage().get_text_bounded()
        labels = words.count("Eingang – ?ód?")
        check(f"{paper}: a label under each, replaced where it must be", labels == len(codes), words)
        for code in codes:
            seen.append(code.text)
            check_on_sheet(f"{paper} {len(code.text)}", image, code, versions[code.text])
            check(f"{paper}: the code under it", code.text[:26] in words, code.text[:26])
    check(f"{paper}: every copy in order", seen == printed, seen)


def check_on_sheet(name, image, code, version):
    check(f"{name}: level Q", code.ec_level == "Q", code.ec_level)
    check(f"{name}: version {version}", str((code.extra or {}).get("Version")) == str(version), code.extra)
    corners = code.position
    left, top = corners.top_left.x, corners.top_left.y
    width = corners.bottom_right.x - left
    module = width / (17 + 4 * version)
    check(f"{name}: modules of 0.4 mm or more", module / SHEET_DPI * 25.4 >= 0.4, module)
    reach = round(module * QUIET_ZONE_MODULES) - 2
    around = image.crop((left - reach, top - reach, left + width + reach, top + width + reach))
    inner = around.crop((reach - 2, reach - 2, around.width - reach + 2, around.height - reach + 2))
    around.paste(255, (reach - 2, reach - 2, reach - 2 + inner.width, reach - 2 + inner.height))
    check(f"{name}: quiet zone", around.getextrema()[0] > 200, around.getextrema())


def refused():
    for name, arguments in (
        ("an empty text", ("",)),
        ("a long text", ("x" * 513,)),
        ("a picture too small", ("--size-pixels", 127, "X")),
        ("a picture too large", ("--size-pixels", 2049, "X")),
        ("a sheet of crumbs", ("--format", "pdf", "--columns", 5, "--rows", 8, LINK)),
        ("a book", ("--format", "pdf", "--columns", 1, "--rows", 1, "--copies", 51, "X")),
    ):
        run = subprocess.run([sys.argv[1], *map(str, arguments)], capture_output=True)
        check(f"{name} is refused", run.returncode == 1 and not run.stdout and run.stderr, run)


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        vectors = json.load(file)
    static = vectors["tickets"][0]["at1"]
    moment = vectors["rotating"][0]
    rotating = f"{vectors['tickets'][-1]['at1']}.{moment['unix_seconds']}.{moment['code']}"
    code = "D7H77KHMPCZPZESAGCMPAVDF74"
    check("lengths", (len(static), len(rotating), len(code)) == (170, 190, 26), (len(static), len(rotating)))
    short = vectors["short"][0]["ah1"]
    cases = {static: ("AT1", 7, 9), short: ("short", 4, 4), rotating: ("rotating", 8, 10), code: ("code", 2, 2),
             LINK: ("link", 8, 10)}
    for text, (name, screen, print_version) in cases.items():
        pictures(name, text, screen, print_version)
    smallest(rotating)
    versions = {text: case[2] for text, case in cases.items()}
    sheets(list(cases), versions, "a4", (595.28, 841.89))
    sheets([code, LINK], versions, "letter", (612.0, 792.0))
    refused()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


main()
