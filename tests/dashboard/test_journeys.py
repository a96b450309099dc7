"""Whole ways through the dashboard, with a worker that really trains."""

import re
from functools import partial

import pytest
from browsing import Visit, serving
from playwright.sync_api import expect

LONG = 240_000


@pytest.fixture
def url(tmp_path):
    # Each has a home of its own: where anything was trained before, nobody is a newcomer.
    with serving(tmp_path) as found:
        yield found


@pytest.fixture
def visit(browser, url):
    return partial(Visit.begun, browser, url)


@pytest.mark.slow
def test_three_clicks_lead_a_newcomer_to_a_forecast_and_more_to_another_champion(visit):
    """One story, as each of its steps needs what the one before has trained."""
    with visit() as seen:
        page = seen.open("/")
        page.locator(".start .primary").click()
        page.get_by_role("button", name="Start the training").first.click()
        page.locator("a.primary", has_text="Open the forecast").click(timeout=LONG)

        expect(page.locator("h1")).to_contain_text("SP500")
        expect(page.locator("#champion")).to_be_visible()
        expect(page.locator(".drawing .main-svg").first).to_be_visible()

        _watch_a_sweep(seen)
        _promote_and_roll_back(seen)
        _explain(seen)


def _watch_a_sweep(seen):
    """Sweep fast, and see the bar move before it is done."""
    page = seen.open("/training?symbol=SP500")
    page.locator("select[data-place=source]").select_option("sample")
    page.locator("input[name=mode][value=fast]").check()
    page.locator("input[name=networks]").first.wait_for(state="attached")
    page.evaluate(
        """document.querySelectorAll('input[name=networks]').forEach((each) => {
             const chosen = ["dlinear", "lstm_small", "gru_classic", "lstm_classic"];
             each.checked = chosen.includes(each.value);
             each.dispatchEvent(new Event("change", { bubbles: true }));
           })"""
    )
    page.locator("form#training-form button[type=submit]").last.click()
    page.wait_for_url("**/training/jobs/*")
    beside = page.context.new_page()
    beside.goto(f"{seen.url}/training")
    going_on = beside.locator("[data-jobs] .badge").first
    expect(going_on).to_have_class(re.compile("queued|running"))
    expect(page.locator("#bar")).to_have_attribute("value", re.compile("[1-9]"), timeout=LONG)
    expect(page.locator(".badge.succeeded").first).to_be_visible(timeout=LONG)
    expect(going_on).to_have_class(re.compile("succeeded"))
    beside.close()

    table = page.locator("table.sortable").first
    expect(table).to_contain_text("random_walk")
    expect(table).to_contain_text("gru_classic")


def _promote_and_roll_back(seen):
    page = seen.open("/runs")
    runs = page.locator("tbody th a").all()
    assert 2 == len(runs)
    runs[-1].click()
    page.locator("[data-do=promote]").click()
    page.locator("dialog input").fill("<img src=x onerror=alert(1)>")
    page.locator("dialog button[value=ok]").click()
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(1)>", timeout=LONG)
    expect(page.locator("[data-do=promote]")).to_have_count(0)

    page.locator("[data-do=roll-back]").click()
    page.locator("dialog input").fill("it was for a test")
    page.locator("dialog button[value=ok]").click()
    expect(page.locator("[data-do=promote]")).to_have_count(1, timeout=LONG)


def _explain(seen):
    page = seen.open("/symbols/SP500")
    page.locator("[data-explain]").click()
    expect(page.locator("[data-explanation] .main-svg").first).to_be_visible(timeout=LONG)
    page.set_viewport_size({"width": 360, "height": 800})
    seen.open("/symbols/SP500").wait_for_load_state("networkidle")
    assert 360 == page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.slow
def test_network_of_one_s_own_is_built_trained_and_tried(visit):
    with visit(language="pt-BR") as seen:
        page = seen.open("/custom-network")
        total = page.locator("[data-total]")
        before = total.inner_text()
        page.get_by_role("button", name="Convolução").first.click()
        expect(total).not_to_have_text(before)
        page.locator("input[name=epochs]").fill("1")
        page.locator("form button.primary").click()
        page.wait_for_url("**/training/jobs/*", timeout=LONG)
        expect(page.locator(".badge.succeeded").first).to_be_visible(timeout=LONG)

        page = seen.open("/custom-model")
        simulator = page.locator("[data-simulator]")
        simulator.locator("button[name=load]").click()
        expect(simulator.locator("textarea")).to_have_value(re.compile("Date"))
        simulator.locator("button[name=forecast]").click()
        expect(simulator.locator(".main-svg").first).to_be_visible()
        expect(simulator.locator("[data-result] table")).to_be_visible()
        # Hardly a network earns its place after one epoch; who built it sees it all the same.
        expect(simulator.locator("[data-note]")).to_contain_text("Responde a própria")
