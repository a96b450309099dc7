// The form of a network's spec: kinds, fields, choices and limits are those of its JSON schema.
import { make, t } from "./dashboard.js";

const MOST_NESTING = 4;
const up = "\u2191", down = "\u2193";
let numControls = 0;

const join = (at, name) => (at ? `${at}.${name}` : String(name));
/** Tell whether something may be a spec: an object, whatever is in it. */
export const isSpec = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const cloned = (value) => JSON.parse(JSON.stringify(value));

/** A form over a spec, which it changes in place; `changed` is told after each change. */
export class SpecForm {
  constructor(place, { schema, newLayers, changed }) {
    Object.assign(this, { place, newLayers, changed });
    this.definitions = new Map(
      Object.values(schema.$defs).map((each) => [each.properties.kind.const, each]));
    this.kinds = ({ oneOf }) =>
      oneOf.map(({ $ref }) => schema.$defs[$ref.split("/").pop()].properties.kind.const);
    this.networks = this.kinds(schema);
  }

  /** Show a spec, whatever it is. */
  show(spec) {
    this.spec = spec;
    const isKnown = isSpec(spec) && this.networks.includes(spec.kind);
    this.place.replaceChildren(...(isKnown
      ? [make("p", { class: "note" }, `${t(`network_kind_${spec.kind}`)}. ${t(`network_help_${spec.kind}`)}`),
        ...this.fields(spec, "", 0)]
      : [make("p", { class: "note" }, t("network_no_kind"))]));
  }

  again(focused) {
    this.show(this.spec);
    this.changed();
    [...this.place.querySelectorAll("button")].find((each) => each.dataset.act === focused)?.focus();
  }

  fields(value, at, depth) {
    const plain = make("div", { class: "fields" });
    const lists = [];
    for (const [name, property] of Object.entries(this.definitions.get(value.kind).properties)) {
      if (property.const !== undefined) continue;
      const place = join(at, name);
      const items = property.items ?? {};
      if (items.discriminator) lists.push(this.layers(value, name, property, place, depth));
      else if (items.items?.discriminator) lists.push(this.branches(value, name, property, place, depth));
      else plain.append(this.field(value, name, property, place));
    }
    return [...lists, ...(plain.children.length ? [plain] : [])];
  }

  field(value, name, property, at) {
    const id = `control-${(numControls += 1)}`;
    const control = this.control(value, name, property);
    control.id = id;
    control.name = at;
    control.autocomplete = "off";
    const label = make("label", { for: id }, t(`network_field_${name}`));
    if (property.type === "boolean") return make("div", { class: "field tick" }, control, label);
    const help = property.type === "array" ? [make("p", { class: "help" }, t("network_comma"))] : [];
    return make("div", { class: "field" }, label, control, ...help);
  }

  control(value, name, property) {
    const found = value[name] === undefined ? property.default : value[name];
    if (property.enum) return this.choice(value, name, property, found);
    if (property.type === "boolean") return this.tick(value, name, found);
    if (property.type === "integer") return this.number(value, name, property, found);
    if (property.items?.type === "integer") return this.numbers(value, name, found);
    return property.type === "string" ? this.text(value, name, found) : this.json(value, name, found);
  }

  choice(value, name, property, found) {
    const options = property.enum.map((each) => make("option", { value: each }, t(`network_choice_${each}`)));
    const select = make("select", {}, ...options);
    select.value = found;
    select.addEventListener("change", () => this.set(value, name, select.value));
    return select;
  }

  tick(value, name, found) {
    const box = make("input", { type: "checkbox" });
    box.checked = found === true;
    box.addEventListener("change", () => this.set(value, name, box.checked));
    return box;
  }

  number(value, name, { minimum, maximum }, found) {
    const input = make("input", { type: "number", min: minimum, max: maximum, step: 1, required: true });
    input.value = typeof found === "number" ? found : "";
    input.addEventListener("input", () =>
      this.set(value, name, input.value === "" ? null : Number(input.value)));
    return input;
  }

  numbers(value, name, found) {
    const input = make("input", { inputmode: "numeric" });
    input.value = Array.isArray(found) ? found.join(", ") : "";
    input.addEventListener("input", () =>
      this.set(value, name, input.value.split(/[\s,;]+/).filter(Boolean)
        .map((each) => (Number.isFinite(Number(each)) ? Number(each) : each))));
    return input;
  }

  text(value, name, found) {
    const input = make("input", { spellcheck: "false" });
    input.value = typeof found === "string" ? found : "";
    input.addEventListener("input", () => this.set(value, name, input.value));
    return input;
  }

  json(value, name, found) {
    const area = make("textarea", { rows: 6, spellcheck: "false", autocomplete: "off" });
    area.value = found === undefined ? "" : JSON.stringify(found, null, 2);
    area.addEventListener("input", () => {
      try {
        this.set(value, name, JSON.parse(area.value));
      } catch {
        this.set(value, name, area.value);
      }
    });
    return area;
  }

  set(value, name, found) {
    value[name] = found;
    this.changed();
  }

  layers(value, name, { items, maxItems }, at, depth) {
    if (value[name] !== undefined && !Array.isArray(value[name])) return this.raw(value, name, at);
    const list = value[name] ?? [];
    const cards = list.slice(0, maxItems).map((_, number) => this.layer(list, number, join(at, number), depth));
    const add = (kind) => {
      value[name] = [...list, cloned(this.newLayers[kind])];
      this.again(`${at} ${kind}`);
    };
    return make("div", { class: "layer-list", "data-at": at },
      make("ol", { class: "layers" }, ...cards),
      make("p", { class: "alert", role: "alert", hidden: true }),
      make("div", { class: "buttons adders" }, make("span", { class: "mark" }, t("network_add")),
        ...this.kinds(items).map((kind) => this.button(`${at} ${kind}`, t(`network_kind_${kind}`),
          { title: t(`network_help_${kind}`) }, () => add(kind)))));
  }

  layer(list, number, at, depth) {
    const value = list[number];
    const isKnown = isSpec(value) && this.newLayers[value.kind] !== undefined && depth < MOST_NESTING;
    const kind = isKnown ? t(`network_kind_${value.kind}`) : "?";
    const called = `${number + 1}. ${kind}`;
    const move = (to) => {
      list.splice(to, 0, ...list.splice(number, 1));
      this.again(`${at.replace(/\d+$/, to)} ${to < number ? "up" : "down"}`);
    };
    const acts = [
      ["up", up, number > 0, () => move(number - 1)],
      ["down", down, number < list.length - 1, () => move(number + 1)],
      ["copy", t("network_copy_layer"), true, () => {
        list.splice(number + 1, 0, cloned(value));
        this.again(`${at.replace(/\d+$/, number + 1)} copy`);
      }],
      ["remove", t("network_remove_layer"), true, () => {
        list.splice(number, 1);
        this.again(`${at.replace(/\d+$/, Math.min(number, list.length - 1))} remove`);
      }],
    ];
    const buttons = acts.map(([act, sign, isPossible, work]) => {
      const label = t(`network_do_${act}`, { layer: called });
      return this.button(`${at} ${act}`, sign, { "aria-label": label, title: label, disabled: !isPossible }, work);
    });
    return make("li", { class: "layer", "data-at": at },
      make("div", { class: "layer-head" },
        make(`h${Math.min(3 + depth, 6)}`, {}, called), make("span", { class: "mark", "data-size": at }),
        make("div", { class: "acts" }, ...buttons)),
      ...(isKnown
        ? [make("p", { class: "help" }, t(`network_help_${value.kind}`)), ...this.fields(value, at, depth + 1)]
        : [make("p", { class: "help" }, t("network_no_kind")), this.raw(list, number, at)]),
      make("p", { class: "alert", role: "alert", hidden: true }));
  }

  raw(value, name, at) {
    const area = this.json(value, name, value[name]);
    area.setAttribute("aria-label", `JSON: ${at}`);
    return make("div", { "data-at": at }, area, make("p", { class: "alert", role: "alert", hidden: true }));
  }

  branches(value, name, { items, maxItems }, at, depth) {
    if (value[name] !== undefined && !Array.isArray(value[name])) return this.raw(value, name, at);
    const list = value[name] ?? [];
    const shown = list.slice(0, maxItems).map((_, number) => {
      const label = t("network_remove_branch", { number: number + 1 });
      return make("fieldset", { class: "branch" },
        make("legend", {}, t("network_branch", { number: number + 1 })),
        this.layers(list, number, items, join(at, number), depth),
        this.button(`${at} ${number} remove`, label, {}, () => {
          list.splice(number, 1);
          this.again(`${at} add`);
        }));
    });
    return make("div", { class: "branches", "data-at": at }, ...shown,
      make("p", { class: "alert", role: "alert", hidden: true }),
      this.button(`${at} add`, t("network_add_branch"), {}, () => {
        value[name] = [...list, []];
        this.again(`${at} add`);
      }));
  }

  button(act, text, attributes, work) {
    const made = make("button", { type: "button", class: "small", "data-act": act, ...attributes }, text);
    made.addEventListener("click", work);
    return made;
  }
}

/** Say beside each field or layer what is wrong with it; gives the reasons that have no place. */
export function showReasons(within, reasons) {
  for (const each of within.querySelectorAll("[aria-invalid]")) {
    each.removeAttribute("aria-invalid");
    each.setAttribute("aria-describedby", each.dataset.help);
  }
  within.querySelectorAll(".field-error.told").forEach((each) => each.remove());
  within.querySelectorAll("[data-at] > .alert").forEach((each) => {
    each.hidden = true;
    each.replaceChildren();
  });
  return reasons.filter((each) => !placed(within, each));
}

function placed(within, { at, message }) {
  const parts = at.replace(/^body\./, "").replace(/^network\./, "").split(".");
  for (let left = parts.length; left > 0; left -= 1) {
    const place = parts.slice(0, left).join(".");
    const control = within.querySelector(`[name="${CSS.escape(place)}"]`);
    if (control && !control.closest("form")) return besideControl(control, message);
    const alert = within.querySelector(`[data-at="${CSS.escape(place)}"] > .alert`);
    if (!alert) continue;
    const rest = parts.slice(left).join(".");
    alert.append(make("span", { class: "reason" }, rest ? `${rest}: ${message}` : message));
    alert.hidden = false;
    return true;
  }
  return false;
}

function besideControl(control, message) {
  const id = `error-${(numControls += 1)}`;
  control.setAttribute("aria-invalid", "true");
  control.dataset.help ??= control.getAttribute("aria-describedby") ?? "";
  control.setAttribute("aria-describedby", `${control.dataset.help} ${id}`.trim());
  control.parentNode.append(make("p", { class: "field-error told", role: "alert", id }, message));
  return true;
}
