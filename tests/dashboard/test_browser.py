"""What a visitor does, in a real browser on a real server; `browsing.Visit` watches for trouble."""

import json
from functools import partial

import pytest
from browsing import Visit, serving
from playwright.sync_api import expect

PAGES = (
    "/", "/symbols/SP500", "/symbols/NASDAQ?years=all", "/symbols?symbol=%3F",
    "/training", "/training?sample=1", "/advanced-training", "/custom-network", "/custom-model",
    "/runs", "/operations",
)  # fmt: skip
TYPED = "main textarea, main input" + "".join(
    f":not([type={kind}])" for kind in ("file", "checkbox", "radio", "number", "date")
)
CLOSES = [f"{30 + 0.1 * (day % 7):.2f}" for day in range(90)]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("visited"), "--no-worker") as found:
        yield found


@pytest.fixture
def visit(browser, url):
    return partial(Visit.begun, browser, url)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en-US", "pt-BR"])
@pytest.mark.parametrize(("width", "dark"), [(360, True), (1440, False)])
def test_page_is_clean_wide_and_narrow_light_and_dark(visit, path, language, width, dark):
    with visit(language=language, width=width, dark=dark) as seen:
        page = seen.open(path)
        page.wait_for_load_state("networkidle")

        assert ("pt-BR" if language == "pt-BR" else "en") == page.locator("html").get_attribute(
            "lang"
        )
        # Wider than the screen is what a table may be, in a box of its own; never the page.
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("dark", [False, True])
def test_page_can_be_used_with_a_screen_reader(visit, path, dark):
    from axe_playwright_python.sync_playwright import Axe

    with visit(dark=dark) as seen:
        page = seen.open(path)
        page.wait_for_load_state("networkidle")

        found = Axe().run(page).response["violations"]

    serious = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert [] == [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in serious]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_light(visit, path):
    sizes = []
    with visit() as seen:
        seen.page.on("response", lambda answer: sizes.append((answer.url, len(answer.body()))))
        seen.open(path).wait_for_load_state("networkidle")

    assert 300_000 > sum(size for address, size in sizes if "plotly.min.js" not in address)


def test_language_and_theme_are_switched_and_kept(visit):
    with visit() as seen:
        page = seen.open("/")
        page.get_by_role("link", name="Português").or_(
            page.locator("a[hreflang=pt-BR]")
        ).first.click()
        expect(page.locator("h1")).to_have_text("Lista de ativos")
        page.locator("[data-theme-switch]").click()
        page.goto(f"{seen.url}/symbols/SP500")

        expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert "rgb(18, 22, 27)" == page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_symbol_that_is_watched_is_on_the_overview(visit):
    with visit() as seen:
        page = seen.open("/symbols/NASDAQ")
        page.locator("[data-watch]").click()
        page.goto(f"{seen.url}/")

        assert ["NASDAQ"] == page.locator("tbody th a").all_inner_texts()


def test_figures_are_drawn(visit):
    with visit() as seen:
        page = seen.open("/symbols/SP500")

        drawings = page.locator(".drawing:not([hidden])").count()
        assert drawings >= 3
        expect(page.locator(".drawing:not([hidden]):has(.main-svg)")).to_have_count(drawings)


def test_a_page_answers_before_its_figures_are_drawn(visit):
    with visit() as seen:
        page = seen.page
        held = []

        def hold(route):
            held.append(route)

        page.route("**/plotly.min.js*", hold)
        page.goto(f"{seen.url}/symbols/SP500", wait_until="domcontentloaded")
        expect(page.locator("[data-watch]")).to_have_attribute("aria-pressed", "false")

        page.locator("[data-watch]").click()

        expect(page.locator("[data-watch]")).to_have_attribute("aria-pressed", "true")
        assert page.locator(".main-svg").count() == 0
        held[0].continue_()
        expect(page.locator(".drawing .main-svg").first).to_be_visible()


def test_keyboard_reaches_content_and_search(visit):
    with visit() as seen:
        page = seen.open("/")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#content")).to_be_focused()
        page.locator("#find").fill("sp500")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("SP500")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en-US", "greater than or equal to 1"), ("pt-BR", "O valor deve ser maior ou igual a 1")],
)
def test_what_is_wrong_with_a_field_is_said_beside_it_in_the_language(visit, language, words):
    with visit(language=language) as seen:
        page = seen.open("/training?symbol=SP500")
        # What a browser would refuse by itself is for the server to refuse.
        page.evaluate("document.querySelector('#training-form').noValidate = true")
        field = page.locator("[data-place=lookback]")
        field.evaluate("(each) => each.closest('details')?.setAttribute('open', '')")
        field.fill("0")
        page.locator("#training-form button[type=submit]").last.click()

        expect(page.locator("#training-form .fault:visible").first).to_contain_text(words)
        expect(field).to_have_attribute("aria-invalid", "true")


def test_upload_of_a_broken_file_shows_its_bad_rows(visit):
    rows = [f"2024-01-{day:02},10,11,9,{10 + day % 3 / 10},100" for day in range(2, 32)]
    rows += ["2024-02-01,ten,11,9,10,1", "2024-02-02,10,9,11,10,1"]
    with visit() as seen:
        page = seen.open("/symbols/SP500")
        simulator = page.locator("[data-simulator]")
        simulator.locator("input[type=file]").set_input_files(
            {"name": "bad.csv", "mimeType": "text/csv",
             "buffer": "\n".join(["Date,Open,High,Low,Close,Volume", *rows]).encode()}
        )  # fmt: skip
        simulator.locator("button[name=forecast]").click()

        expect(simulator).to_contain_text("2024-02-01,ten,11,9,10,1")
        expect(simulator).to_contain_text("2024-02-02,10,9,11,10,1")
        expect(simulator.locator(".main-svg").first).to_be_visible()


def test_own_closes_are_forecast(visit):
    with visit(language="pt-BR") as seen:
        page = seen.open("/symbols/SP500")
        simulator = page.locator("[data-simulator]")
        simulator.locator("button[name=load]").click()
        expect(simulator.locator("textarea")).not_to_have_value("")
        simulator.locator("textarea").fill("\n".join(CLOSES))
        simulator.locator("button[name=forecast]").click()

        expect(simulator.locator(".main-svg").first).to_be_visible()
        expect(simulator.locator("table").first).to_be_visible()


def hostile(count: int) -> list[str]:
    """Give payloads that run a script wherever a text is taken for markup."""
    runs = ("window.hurt=1", "alert(1)", "fetch('/v1/jobs',{method:'POST'})", "parent.hurt=1")
    shapes = (
        "<script>{}</script>", "<img src=x onerror={}>", "\"><svg onload={}>", "'><body onload={}>",
        "javascript:{}", "</script><script>{}</script>", "<iframe srcdoc='<script>{}</script>'>",
        "{{{{constructor.constructor('{}')()}}}}", "\u202e<b onmouseover={}>x",
        "<math><mi xlink:href='data:x,<script>{}</script>'>", "<details open ontoggle={}>",
        "</textarea><script>{}</script>", "<a href=javascript:{}>x</a>", "`;{};//",
        "<style>@import'javascript:{}';</style>", "</title><script>{}</script>",
        "<!--<img src='--><img src=x onerror={}>", "\\u003cscript\\u003e{}",
        "<input autofocus onfocus={}>", "<object data=javascript:{}>", "<embed src=javascript:{}>",
        "=HYPERLINK(\"javascript:{}\")", "<link rel=stylesheet href=javascript:{}>",
        "<marquee onstart={}>", "<video><source onerror={}>", "<base href=javascript:{}//>",
        "<form action=javascript:{}><button>", "<table background=javascript:{}>",
        "<meta http-equiv=refresh content='0;javascript:{}'>", "%3Cscript%3E{}%3C/script%3E",
    )  # fmt: skip
    made = [shape.format(run) for run in runs for shape in shapes]
    more = [f"{index}{each.swapcase()}" for index, each in enumerate(made)]
    return [*made, *more][:count]


PAYLOADS = hostile(200)


def test_payloads_are_two_hundred_different_ones():
    assert 200 == len(set(PAYLOADS))


@pytest.mark.parametrize("path", ["/symbols/SP500", "/training", "/custom-network", "/runs"])
def test_no_text_that_is_typed_runs_as_a_script(visit, path):
    with visit() as seen:
        page = seen.open(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
        fields = page.locator(TYPED)
        for index in range(fields.count()):
            field = fields.nth(index)
            if not field.is_visible() or not field.is_editable():
                continue
            field.evaluate(
                """(field, payloads) => payloads.forEach((each) => {
                     field.value = each;
                     for (const kind of ["input", "change"]) {
                       field.dispatchEvent(new Event(kind, { bubbles: true }));
                     }
                   })""",
                PAYLOADS,
            )
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.hurt") is None


def test_no_ticker_or_column_of_a_file_runs_as_a_script(visit, url):
    with visit() as seen:
        page = seen.open("/symbols/SP500")
        found = page.evaluate(
            """async (payloads) => {
                 const pages = [];
                 for (const each of payloads) {
                   const symbol = encodeURIComponent(each.slice(0, 40));
                   const headers = { Accept: "text/html" };
                   const found = await fetch(`/symbols?symbol=${symbol}`, { headers });
                   pages.push(await found.text());
                 }
                 return pages;
               }""",
            PAYLOADS,
        )
        for each in found:
            page.set_content(each)
        page = seen.open("/symbols/SP500")
        simulator = page.locator("[data-simulator]")
        for each in PAYLOADS[:100]:
            simulator.locator("textarea").fill(
                f"Date,Open,High,Low,Close,{json.dumps(each)}\n2024-01-02,{each}"
            )
            simulator.locator("button[name=forecast]").click()
            expect(simulator.locator(".alert")).to_be_visible()
        assert page.evaluate("window.hurt") is None
