"""The page to explore models in a real browser: it loads, follows its controls, saves files, and gives away nothing else."""

import base64
import http.client
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import own_environment
from PIL import Image

from ganzoo.commands.main import main as ganzoo_main

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.slow
in_a_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no Chromium with its driver (Debian: apt-get install chromium chromium-driver)"
)
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--window-size=1280,1000"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with runs/ in it: a texture, a CycleGAN, a GAN, a CGAN, the newest that can be loaded, and one that cannot."""
    folder = tmp_path_factory.mktemp("explore")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr("ganzoo.backend.make_operations_deterministic", lambda: None)  # it holds for the whole process
    for words in (
        ["textures", "--steps=1", "--image_size=32", "--width=4", "--discriminator_width=4"],
        ["cyclegan", "--steps=1"],
        ["mlp-gan", "--steps=20"],
        ["cgan", "--steps=4", "--networks=dense", "--image_size=8"],
    ):
        ganzoo_main(["ganzoo", "train", *words, f"--run_dir={folder / 'runs' / words[0] / 'trained'}"])
    monkeypatch.undo()
    (folder / "runs" / "cgan" / "damaged").mkdir()
    (folder / "runs" / "cgan" / "damaged" / "config.json").write_text("{")
    return folder


@pytest.fixture(scope="module")
def server(folder):
    """The command, running; gives (its process, port, what it said)."""
    command = [sys.executable, "-m", "ganzoo", "explore", "--port=17860"]
    (folder / "temporary").mkdir()
    environment = own_environment() | {"TMPDIR": str(folder / "temporary")}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    said = ""
    while "Ctrl-C ends the page" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    yield process, int(re.search(r"open http://127\.0\.0\.1:(\d+)", said)[1]), said
    process.kill()
    process.wait()


@pytest.fixture
def browser(server, tmp_path):
    """Chromium on the page, its first picture seen."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    (tmp_path / "saved").mkdir()
    options.add_experimental_option("prefs", {"download.default_directory": str(tmp_path / "saved")})
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.get(f"http://127.0.0.1:{server[1]}/")
    driver.saved = tmp_path / "saved"
    wait_for(lambda: pixels(driver) is not None)
    yield driver
    driver.quit()


def wait_for(condition, seconds=180):
    """Return the condition's first true value."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def pixels(browser, place="#picture"):
    """Return the picture at a place as an array, None where there is none."""
    source = browser.execute_script(
        "const found = document.querySelector(arguments[0] + ' :is(img, [role=img])');"
        "return found && (found.src || found.style.backgroundImage.slice(5, -2))",  # url("...")
        place,
    )
    if not source or not source.startswith("data:image/png"):
        return None
    with Image.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1]))) as image:
        return np.asarray(image)


def move(browser, slider, value):
    """Move a slider as a hand does: to another value, with the events that follow."""
    browser.execute_script(
        "const slider = document.querySelector(arguments[0] + ' input[type=range]');"
        "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(slider, arguments[1]);"
        "slider.dispatchEvent(new Event('input', {bubbles: true}));"
        "slider.dispatchEvent(new Event('change', {bubbles: true}));",
        *(slider, str(value)),
    )


def choose(browser, dropdown, text):
    """Choose the option of a dropdown that holds a text."""
    from selenium.webdriver.common.by import By

    browser.find_element(By.CSS_SELECTOR, f"{dropdown} input").click()
    options = wait_for(lambda: browser.find_elements(By.CSS_SELECTOR, "ul[role=listbox] li"))
    next(option for option in options if text in option.text).click()


def open_tab(browser, name):
    from selenium.webdriver.common.by import By

    next(tab for tab in browser.find_elements(By.CSS_SELECTOR, "button[role=tab]") if tab.text == name).click()


def saved(browser, button, suffix=None):
    """Press a button and return the path of the file that is saved; its suffix is the button's name if nothing is said."""
    from selenium.webdriver.common.by import By

    browser.find_element(By.ID, button).click()
    suffix = suffix or f".{button}"
    return wait_for(lambda: next((path for path in browser.saved.iterdir() if path.suffix == suffix), None))


def get(port, path, host=None):
    """Return (status, body) of a GET of exactly this path."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.putrequest("GET", path, skip_host=host is not None)
    if host is not None:
        connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read()


@in_a_browser
def test_page_shows_the_newest_run_and_follows_its_slider(browser, folder, server):
    import ganzoo

    assert "not loaded: " in server[2] and "damaged" in server[2], "a run that cannot be loaded is said, not fatal"
    gan = ganzoo.load(folder / "runs" / "cgan" / "trained")
    ends = [gan.sample(1, seed, labels=[0])[0, :, :, 0] for seed in (0, 1)]
    np.testing.assert_array_equal(pixels(browser), ends[0])
    move(browser, "#position", 0.5)
    wait_for(lambda: (pixels(browser) != ends[0]).any())
    assert (pixels(browser) != ends[1]).any()
    move(browser, "#position", 1)
    wait_for(lambda: (pixels(browser) == ends[1]).all())
    assert not [each for each in browser.get_log("browser") if each["level"] == "SEVERE"]


@in_a_browser
def test_saved_files_open(browser):
    with Image.open(saved(browser, "png")) as image:
        assert image.format == "PNG"
        np.testing.assert_array_equal(np.asarray(image), pixels(browser))
    with Image.open(saved(browser, "gif")) as image:
        assert image.format == "GIF" and image.n_frames > 10


@in_a_browser
def test_another_run_has_its_own_controls(browser, folder):
    from selenium.webdriver.common.by import By

    import ganzoo

    def labels():
        return [each.text for each in browser.find_elements(By.CSS_SELECTOR, "label, span[data-testid=block-info]")]

    assert "labels" in labels()
    choose(browser, "#run", "damaged (config.json is damaged")
    wait_for(lambda: "cannot be read as JSON" in browser.find_element(By.ID, "picture").text)
    choose(browser, "#run", "mlp-gan")
    expected = ganzoo.load(folder / "runs" / "mlp-gan" / "trained").sample(1, 0)[0, :, :, 0]
    wait_for(lambda: (p := pixels(browser)) is not None and p.shape == expected.shape and (p == expected).all())
    wait_for(lambda: "labels" not in labels())


@in_a_browser
def test_images_to_translate_are_the_datas_or_uploaded(browser, folder, tmp_path):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    import ganzoo

    choose(browser, "#run", "cyclegan")
    four = (4 * 16 + 3 * 2, 2 * 16 + 2)
    wait_for(lambda: (p := pixels(browser)) is not None and p.shape == four)
    before = pixels(browser)
    move(browser, "#example", 2)
    wait_for(lambda: (pixels(browser) != before).any())
    np.testing.assert_array_equal(pixels(browser)[:16], before[18:34])
    runs = browser.find_element(By.CSS_SELECTOR, "#run input")
    runs.click()
    runs.send_keys(Keys.TAB)  # a list that is left as it was changes nothing
    saved(browser, "png")
    assert browser.find_element(By.CSS_SELECTOR, "#example input[type=range]").get_attribute("value") == "2"
    picture = np.random.default_rng(0).integers(0, 256, (16, 16), "uint8")
    Image.fromarray(picture).save(tmp_path / "mine.png")
    browser.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(tmp_path / "mine.png"))
    wait_for(lambda: pixels(browser).shape == (16, 34))
    translated = ganzoo.load(folder / "runs" / "cyclegan" / "trained").sample(a=picture[None, :, :, None])
    np.testing.assert_array_equal(pixels(browser), np.hstack([picture, np.full((16, 2), 255), translated[0, :, :, 0]]))
    (tmp_path / "text.png").write_text("no picture")
    browser.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(tmp_path / "text.png"))
    wait_for(lambda: "the picture: no picture of the formats" in browser.find_element(By.TAG_NAME, "body").text)


@in_a_browser
def test_a_texture_is_shown_as_it_repeats_with_its_maps_and_files(browser, folder):
    import ganzoo
    from ganzoo.explore.texture import TileRequest, height_png, tile
    from ganzoo.utils.images import to_uint8

    def shown():
        return pixels(browser, "#tile")

    choose(browser, "#run", "textures")
    wait_for(lambda: any(each.text == "texture" for each in browser.find_elements("css selector", "button[role=tab]")))
    open_tab(browser, "texture")
    wait_for(lambda: shown() is not None)
    gan = ganzoo.load(folder / "runs" / "textures" / "trained")
    expected = to_uint8(tile(gan, TileRequest(128)), (0.0, 1.0))[:, :, 0]
    np.testing.assert_array_equal(shown(), expected)
    move(browser, "#position-tile", 1)
    wait_for(lambda: (shown() == to_uint8(tile(gan, TileRequest(128, a=1)), (0.0, 1.0))[:, :, 0]).all())
    next(each for each in browser.find_elements("css selector", "#map label") if each.text == "normal").click()
    wait_for(lambda: shown().ndim == 3)
    raw = saved(browser, "tile-raw", ".raw")
    assert raw.stat().st_size == 2 * 513 * 513, "Unity's size, 16 bits a sample"
    with Image.open(saved(browser, "tile-height", ".png")) as image:
        assert image.mode.startswith("I;16") and image.size == (128, 128)
        found = np.asarray(image)
    with Image.open(io.BytesIO(height_png(gan, ganzoo.textures.tile(gan, 128, 128, seed=1)))) as image:
        np.testing.assert_allclose(found, np.asarray(image), atol=64)


@in_a_browser
def test_runs_side_by_side_and_a_training(browser):
    from selenium.webdriver.common.by import By

    open_tab(browser, "side by side")
    choose(browser, "#runs", "mlp-gan")
    wait_for(lambda: len(browser.find_elements(By.CSS_SELECTOR, "#pictures img")) == 2)
    open_tab(browser, "training")
    wait_for(lambda: pixels(browser, "#samples") is not None)
    assert "samples at step 4" in browser.find_element(By.ID, "samples").text
    wait_for(lambda: browser.find_elements(By.CSS_SELECTOR, "#curves img[src^='data:image/svg']"))


@in_a_browser
def test_page_asks_no_other_machine(browser, server):
    time.sleep(1)
    messages = [json.loads(each["message"])["message"] for each in browser.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]
    own = (f"http://127.0.0.1:{server[1]}/", "data:", "blob:", "chrome:")
    assert len(asked) > 5
    assert not [url for url in asked if not url.startswith(own)]


def test_no_file_is_given_away(server, folder):
    secret = folder / "runs" / "mlp-gan" / "trained" / "config.json"
    port = server[1]
    status, page = get(port, "/")
    assert status == 200 and b"data:image/png" in page
    for path in ("/etc/passwd", str(secret)):
        for prefix in ("/gradio_api/file=", "/file=", "/gradio_api/file/", "/file/", "/static/", "/assets/", "/svelte/",
                       "/gradio_api/proxy=", "/gradio_api/file=/tmp/../", "/gradio_api/file=file://"):  # fmt: skip
            for way in (path, f"..{path}", f"../../../../../../../..{path}", path.replace("/", "%2f"), f"%2e%2e{path}"):
                status, body = get(port, prefix + way)
                assert status >= 400 or b"<gradio-app" in body, (prefix + way, status, body[:200])
                assert b"root:" not in body and b'"schema"' not in body


def test_a_strange_name_for_this_machine_is_refused(server):
    assert get(server[1], "/", "evil.example")[0] == 400
    assert get(server[1], "/", f"localhost:{server[1]}")[0] == 200


def test_a_second_page_takes_the_next_port_and_ctrl_c_ends_it(server, folder):
    command = [sys.executable, "-m", "ganzoo", "explore", f"--port={server[1]}", "--run=runs/mlp-gan/trained"]
    process = subprocess.Popen(
        command, cwd=folder, env=own_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    said = [process.stdout.readline() for _ in range(3)]
    assert f"port {server[1]} is taken, so it is " in said[1] and "open http://127.0.0.1:" in said[2]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "stopped by Ctrl-C" and "Traceback" not in errors


def test_sigterm_ends_it_and_leaves_no_file(server, folder):
    """The last test of the server."""
    assert any((folder / "temporary").iterdir())
    server[0].terminate()
    assert server[0].wait(timeout=120) == 143
    assert not any((folder / "temporary").iterdir())
