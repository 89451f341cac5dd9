// The town's page: draws the one state that the server pushes, and sends back what the person does.
"use strict";

const $ = (id) => document.getElementById(id);
const me = { who: "anna", tab: "C_DESK", seats: { C_DESK: "U_OLGA", C_HELP: "U_ANNA", home: "U_OLGA" }, ticket: 0, answers: null, thread: null, sample: null };
const seen = { mails: {}, whole: new Set(), folded: new Set(), tickets: new Map(), count: 0 };
let town = null;

// building: text is only ever set as text, so that nothing of a letter can become a part of the page

function h(tag, more, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(more || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === "value" || name === "disabled" || name === "checked") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// draws a part only when what it shows has changed, and keeps the focus where it was
const drawn = new Map();
function draw(id, shows, build) {
  const key = JSON.stringify(shows);
  if (drawn.get(id) === key) return false;
  drawn.set(id, key);
  const box = $(id), focus = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  box.replaceChildren(...[build()].flat().filter(Boolean));
  if (focus) box.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  return true;
}

async function act(verb, asked) {
  let answer = { problem: "The town does not answer." };
  try {
    const reply = await fetch(`do/${verb}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) });
    answer = await reply.json();
  } catch { /* said below */ }
  if (answer.problem) toast(answer.problem);
  return answer;
}

let toasting = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => { $("toast").hidden = true; }, 6000);
}

// Slack's text: mrkdwn as nodes

// drawn by ourselves: not every machine has a font with pictures
const SIGNS = {
  white_check_mark: ["tick on", "✓", "done"], ballot_box_with_check: ["tick on", "✓", "done"], white_large_square: ["tick", "", "open"],
  rotating_light: ["sign red", "!", "alarm"], warning: ["sign amber", "!", "warning"], hourglass_flowing_sand: ["sign blue", "…", "reminder"],
};
const sign = (name) => (SIGNS[name] ? h("span", { class: SIGNS[name][0], role: "img", "aria-label": SIGNS[name][2] }, SIGNS[name][1]) : null);
const MARKS = /<([^>\n]+)>|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|`([^`\n]+)`|:([a-z0-9_+-]+):/g;
const plainly = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

function marked(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(MARKS)) {
    if (found.index > at) nodes.push(plainly(text.slice(at, found.index)));
    at = found.index + found[0].length;
    const [, link, bold, slanted, code, name] = found;
    if (link !== undefined) nodes.push(linked(link));
    else if (bold !== undefined) nodes.push(h("b", {}, marked(bold)));
    else if (slanted !== undefined) nodes.push(h("i", {}, marked(slanted)));
    else if (code !== undefined) nodes.push(h("code", {}, plainly(code)));
    else nodes.push(sign(name) || found[0]);
  }
  if (at < text.length) nodes.push(plainly(text.slice(at)));
  return nodes;
}

function linked(link) {
  const [target, label] = link.split("|");
  if (target.startsWith("@")) return h("b", {}, `@${town.slack.users[target.slice(1)]?.name || target.slice(1)}`);
  if (target.startsWith("#") || target.startsWith("!")) return h("b", {}, label ? plainly(label) : target);
  return plainly(label || target.replace(/^mailto:/, ""));
}

const text = (object) => (object.type === "mrkdwn" ? marked(object.text) : [object.text]);

// Slack's blocks; `use(element, block, value)` is what a click does

function block(each, use) {
  switch (each.type) {
    case "header": return h("h3", {}, each.text.text);
    case "divider": return h("hr");
    case "section": {
      const parts = [];
      if (each.text) parts.push(h("div", { class: "text" }, text(each.text)));
      if (each.fields) parts.push(h("div", { class: "fields" }, each.fields.map((one) => h("div", {}, text(one)))));
      const beside = each.accessory ? element(each.accessory, each, use) : null;
      return beside ? h("div", { class: "with" }, h("div", {}, parts), beside) : h("div", {}, parts);
    }
    case "context": return h("div", { class: "small" }, each.elements.map((one) => h("div", {}, text(one))));
    case "actions": return h("div", { class: "acts" }, each.elements.map((one) => element(one, each, use)));
    default: return h("div", { class: "small" }, `(${each.type})`);
  }
}

function element(each, of, use) {
  const key = `${of.block_id}/${each.action_id}`;
  if (each.type === "button") {
    return h("button", { type: "button", class: each.style, "data-key": key, "data-action": each.action_id, on: { click: () => pressed(each, of, use) } }, each.text.text);
  }
  if (each.type === "static_select") {
    const box = h("select", { "aria-label": each.placeholder?.text || "choose", "data-key": key, "data-action": each.action_id, on: { change: () => use(each, of, box.value) } },
      h("option", { value: "" }, each.placeholder?.text || "choose"), choices(each));
    return box;
  }
  return h("span", { class: "small" }, `(${each.type})`);
}

const choices = (each) => (each.options || []).map((one) => h("option", { value: one.value }, one.text.text));

async function pressed(each, of, use) {
  if (each.confirm && !(await confirmed(each.confirm))) return;
  if (each.url) return goTo(each, of, use);
  use(each, of, undefined);
}

function confirmed(confirm) {
  const box = $("confirm");
  $("confirm-h").textContent = confirm.title.text;
  $("confirm-text").replaceChildren(...text(confirm.text));
  $("confirm-yes").textContent = confirm.confirm?.text || "Yes";
  $("confirm-no").textContent = confirm.deny?.text || "No";
  box.returnValue = "no";
  box.showModal();
  return new Promise((done) => box.addEventListener("close", () => done(box.returnValue === "yes"), { once: true }));
}

// a button that links to a message of the town leads there; nothing else is ever opened
function goTo(each, of, use) {
  use(each, of, undefined);
  const found = /\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(each.url);
  if (!found) return;
  me.tab = found[1];
  paint();
  document.querySelector(`[data-ts="${found[2]}.${found[3]}"]`)?.scrollIntoView({ block: "start" });
}

// the customer's mailbox

const customer = () => town.customers.find((each) => each.key === me.who);
const unread = (each) => each.mails.filter((mail) => !mail.mine).length - (seen.mails[each.key] || 0);
const CODE = /\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b/;

function paintPeople() {
  seen.mails[me.who] = customer().mails.filter((mail) => !mail.mine).length;
  draw("people", [me.who, town.customers.map((each) => [each.key, unread(each)])], () => town.customers.map((each) => {
    const fresh = unread(each);
    return h("button", { type: "button", "aria-pressed": String(each.key === me.who), title: `${each.name}, ${each.about}`, "data-key": each.key, on: { click: () => become(each.key) } },
      each.name.split(" ")[0], fresh > 0 ? h("span", { class: "dot", "aria-label": `${fresh} new` }, String(fresh)) : null);
  }));
}

function become(key) {
  me.who = key;
  answer(null);
  paint();
}

function paintMails() {
  draw("mails", [me.who, customer().mails, [...seen.whole]], () => {
    const mails = customer().mails;
    if (!mails.length) return welcome();
    const threads = new Map();
    for (const mail of mails) threads.set(mail.thread, [...(threads.get(mail.thread) || []), mail]);
    const newest = mails.at(-1).id;
    return [...threads.values()].sort((a, b) => (a.at(-1).sort < b.at(-1).sort ? 1 : -1)).map((thread) =>
      h("article", { class: "thread" }, h("h3", {}, thread[0].subject), [...thread].reverse().map((mail) => letter(mail, mail.id === newest))));
  });
}

function welcome() {
  return h("div", { class: "empty" }, h("b", {}, `You are ${customer().name}.`), "Your mailbox is empty. Try this:",
    h("ol", {}, h("li", {}, "Choose “Erase everything” from the shelf above and press Send."), h("li", {}, "A code arrives here. Reply and type it."), h("li", {}, "In Slack, Olga presses Approve; move the clock by a day, and Ivan ticks the tasks off."), h("li", {}, "The answer arrives here, and the timeline on the right has it all.")));
}

function letter(mail, newest) {
  const long = mail.text.split("\n").length > 12 || mail.text.length > 700;
  const whole = !long || newest || seen.whole.has(mail.id);
  const pieces = mail.text.split(CODE), code = CODE.exec(mail.text);
  const body = code && !mail.mine ? [pieces[0], h("span", { class: "code" }, code[0]), mail.text.slice(pieces[0].length + code[0].length)] : [mail.text];
  const buttons = [
    mail.mine ? null : h("button", { type: "button", "data-key": `reply ${mail.id}`, on: { click: () => answer(mail) } }, "Reply"),
    whole ? null : h("button", { type: "button", class: "quiet", "data-key": `whole ${mail.id}`, on: { click: () => { seen.whole.add(mail.id); paint(); } } }, "Show the whole letter"),
  ].filter(Boolean);
  return h("div", { class: `letter${mail.mine ? " mine" : ""}${newest ? " fresh" : ""}` },
    h("header", {}, h("span", {}, mail.mine ? "You" : mail.from.replace(/ <.*/, "")), h("span", {}, mail.at)),
    h("h4", {}, mail.subject), h("pre", { class: whole ? null : "short" }, body), buttons.length ? h("footer", {}, buttons) : null);
}

function answer(mail) {
  me.answers = mail ? mail.id : null;
  me.sample = null;
  $("answering").hidden = !mail;
  $("as").textContent = "";
  if (!mail) return;
  $("shelf").value = "";
  $("answering").firstElementChild.textContent = `Your reply to “${mail.subject}”:`;
  $("subject").value = /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`;
  $("text").value = "";
  $("text").focus();
}

async function fillShelf() {
  const shelf = await (await fetch("shelf")).json();
  const groups = new Map();
  shelf.forEach((each, at) => groups.set(each.group, [...(groups.get(each.group) || []), h("option", { value: String(at) }, each.name)]));
  $("shelf").append(...[...groups].map(([name, options]) => h("optgroup", { label: name }, options)));
  $("shelf").addEventListener("change", () => choose(shelf[$("shelf").value]));
}

function choose(sample) {
  if (!sample) return;
  me.who = sample.who;
  answer(null);
  me.sample = sample;
  const got = customer().mails.filter((mail) => !mail.mine);
  if (sample.answers && got.length) me.answers = got.at(-1).id;
  $("subject").value = sample.subject || "";
  $("text").value = sample.text.trim();
  $("as").textContent = sample.chat ? "goes to #help in Slack" : sample.as ? "Mallory, with Anna's address as sender" : sample.headers ? "marked as machine mail" : "";
  paint();
}

async function send(event) {
  event.preventDefault();
  const sample = me.sample || {}, typed = { who: me.who, subject: $("subject").value, text: $("text").value, answers: me.answers, as: sample.as, headers: sample.headers };
  $("send").disabled = true;
  const done = sample.chat ? await act("say", { user: "U_ANNA", channel: "C_HELP", text: typed.text }) : await act("write", typed);
  $("send").disabled = false;
  if (done.problem) return;
  if (sample.chat) me.tab = "C_HELP";
  $("subject").value = $("text").value = $("shelf").value = "";
  answer(null);
  paint();
}

// Slack

const place = () => town.slack.channels.find((each) => each.id === me.tab);
const seat = () => me.seats[me.tab];
const first = (id) => town.slack.users[id].name.split(" ")[0];

function paintTabs() {
  const tabs = [...town.slack.channels.map((each) => [each.id, `# ${each.name}`]), ["home", "App Home"]];
  draw("tabs", [me.tab, tabs], () => tabs.map(([id, name]) =>
    h("button", { type: "button", "aria-pressed": String(id === me.tab), "data-key": id, on: { click: () => openTab(id) } }, name)));
  const seats = me.tab === "home" ? ["U_OLGA", "U_IVAN"] : place().seats;
  draw("seats", [me.tab, seat(), seats], () => [h("span", { class: "note" }, "You are"), ...seats.map((id) =>
    h("button", { type: "button", "aria-pressed": String(id === seat()), "data-key": id, on: { click: () => { me.seats[me.tab] = id; openTab(me.tab); } } }, first(id)))]);
  $("say").hidden = me.tab === "home";
  $("by-hand").hidden = me.tab !== "C_DESK";
  if (me.tab !== "home") $("saying").placeholder = me.tab === "C_DESK" ? "Message, or /rightsdesk open" : `Message #${place().name}`;
}

function openTab(id) {
  me.tab = id;
  me.thread = null;
  $("in-thread").hidden = true;
  if (id === "home") act("home", { user: seat() });
  paint();
  $("messages").scrollTop = id === "home" ? 0 : $("messages").scrollHeight;
}

function paintMessages() {
  if (me.tab === "home") return paintHome();
  const box = $("messages"), low = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const shown = place().messages.filter((each) => !each.only_for || each.only_for === seat());
  const changed = draw("messages", [me.tab, seat(), shown, [...seen.folded], [...seen.whole]], () => {
    if (!shown.length) return h("div", { class: "empty" }, h("b", {}, `#${place().name} is quiet.`), me.tab === "C_DESK" ? "When a privacy request arrives, its card appears here, with what is asked of staff." : "Customers write here. As Anna, try: “Please erase everything you hold about me.”");
    const roots = shown.filter((each) => !each.thread);
    return roots.map((each) => message(each, shown.filter((reply) => reply.thread === each.ts)));
  });
  if (changed && low) box.scrollTop = box.scrollHeight;
}

function message(each, replies) {
  const author = town.slack.users[each.user], useIt = (element_, of, value) => act("click", { user: seat(), channel: me.tab, ts: each.ts, action: element_.action_id, block: of.block_id, value });
  const body = each.blocks.length ? h("div", { class: `card${/OVERDUE/.test(each.text) ? " late" : ""}` }, each.blocks.map((one) => block(one, useIt))) : h("div", { class: "text" }, marked(each.text));
  const inner = h("div", {}, each.only_for ? h("div", { class: "only-note" }, "Only you can see this") : null,
    h("div", { class: "who" }, author.name, author.bot ? h("span", { class: "app" }, "APP") : null, h("small", {}, each.at + (each.edited && !each.blocks.length ? " (edited)" : ""))),
    body, thread(each, replies));
  return h("div", { class: `msg${author.bot ? " bot" : ""}${each.only_for ? " only" : ""}`, "data-ts": each.ts }, h("div", { class: "face", "aria-hidden": "true" }, author.bot ? "§" : author.name[0]), inner);
}

const SHOWN = 4; // replies of a thread, until one asks for all

function thread(root, replies) {
  if (root.thread || (!replies.length && me.tab === "C_DESK")) return null;
  const open = !seen.folded.has(root.ts), fold = () => { open ? seen.folded.add(root.ts) : seen.folded.delete(root.ts); paint(); };
  const hidden = replies.length > SHOWN + 1 && !seen.whole.has(root.ts) ? replies.length - SHOWN : 0;
  const earlier = hidden ? h("button", { type: "button", class: "quiet", "data-key": `earlier ${root.ts}`, on: { click: () => { seen.whole.add(root.ts); paint(); } } }, `Show ${hidden} earlier`) : null;
  const count = replies.length ? h("button", { type: "button", class: "quiet", "aria-expanded": String(open), "data-key": `fold ${root.ts}`, on: { click: fold } }, `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`) : null;
  const write = h("button", { type: "button", class: "quiet", "data-key": `thread ${root.ts}`, on: { click: () => { me.thread = root.ts; $("in-thread").hidden = false; $("saying").focus(); } } }, "Reply in thread");
  return [h("div", {}, count, write), open && replies.length ? h("div", { class: "replies" }, earlier, replies.slice(hidden).map((each) => message(each, []))) : null];
}

function paintHome() {
  const home = town.slack.homes[seat()];
  draw("messages", ["home", seat(), home], () => {
    if (!home) return h("div", { class: "empty" }, "Opening …");
    const useIt = (element_, of, value) => act("click_view", { user: seat(), view: home.id, action: element_.action_id, block: of.block_id, value });
    return h("div", { class: "card" }, home.view.blocks.map((one) => block(one, useIt)));
  });
}

async function say(event) {
  event.preventDefault();
  const typed = $("saying").value.trim();
  if (!typed) return;
  const command = /^\/rightsdesk\b\s*(.*)$/.exec(typed);
  const done = command ? await act("command", { user: seat(), channel: me.tab, text: command[1] }) : await act("say", { user: seat(), channel: me.tab, text: typed, thread: me.thread });
  if (!done.problem) $("saying").value = "";
}

// modals: drawn once for each state of the form, so that what was typed stays

let shownForm = "";
function paintModal() {
  const user = Object.keys(town.slack.modals).find((id) => Object.values(me.seats).includes(id));
  const top = user ? town.slack.modals[user].at(-1) : null, box = $("modal");
  if (!top) { shownForm = ""; if (box.open) box.close(); return; }
  box.dataset.user = user;
  box.dataset.view = top.id;
  const state = `${top.id} ${top.hash}`;
  if (state !== shownForm) {
    shownForm = state;
    $("modal-h").textContent = top.view.title.text;
    $("modal-body").replaceChildren(...top.view.blocks.map((each) => (each.type === "input" ? input(each) : block(each, () => {}))));
    $("modal-submit").hidden = !top.view.submit;
    $("modal-submit").textContent = top.view.submit?.text || "";
    $("modal-close").textContent = top.view.close?.text || "Close";
    $("modal-problem").hidden = true;
    if (!box.open) box.showModal();
    $("modal-body").querySelector("input, textarea, select")?.focus();
  }
  for (const line of $("modal-body").querySelectorAll(".input")) {
    const wrong = top.errors[line.dataset.block] || "";
    line.classList.toggle("bad", Boolean(wrong));
    line.querySelector(".error").textContent = wrong;
  }
}

function input(each) {
  const id = `in-${each.block_id}`, one = each.element;
  const field = one.type === "static_select" ? h("select", { id }, h("option", { value: "" }, one.placeholder?.text || "choose"), choices(one))
    : one.type === "datepicker" ? h("input", { id, type: "date", value: one.initial_date || "" })
    : one.multiline ? h("textarea", { id, rows: 5, maxlength: one.max_length, value: one.initial_value || "" })
    : h("input", { id, maxlength: one.max_length, value: one.initial_value || "", autocomplete: "off" });
  if (one.initial_option) field.value = one.initial_option.value;
  field.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  return h("div", { class: "input", "data-block": each.block_id }, h("label", { for: id }, each.label.text, each.optional ? h("span", { class: "opt" }, " (optional)") : null), field,
    h("p", { class: "hint", id: `${id}-hint` }, each.hint?.text || ""), h("p", { class: "error", id: `${id}-error`, role: "alert" }));
}

async function submit(event) {
  event.preventDefault();
  const values = {};
  for (const line of $("modal-body").querySelectorAll(".input")) {
    const value = line.querySelector("input, textarea, select").value;
    if (value) values[line.dataset.block] = value;
  }
  const box = $("modal"), missing = [...$("modal-body").querySelectorAll(".input")].filter((line) => !line.querySelector(".opt") && !values[line.dataset.block]);
  $("modal-problem").hidden = !missing.length;
  $("modal-problem").textContent = "Please complete all required fields.";
  if (!missing.length) await act("submit", { user: box.dataset.user, view: box.dataset.view, values });
}

function closeModal() {
  const box = $("modal");
  if (box.dataset.view) act("close", { user: box.dataset.user, view: box.dataset.view });
  shownForm = "";
  box.close();
}

// the case

function paintTickets() {
  if (town.tickets.length > seen.count) me.ticket = town.tickets.at(-1).number;
  seen.count = town.tickets.length;
  draw("tickets", [me.ticket, town.tickets.map((each) => [each.number, each.title, each.status, each.left, each.late])], () => [...town.tickets].reverse().map((each) =>
    h("button", { type: "button", "aria-pressed": String(each.number === me.ticket), "data-key": String(each.number), on: { click: () => pick(each.number) } },
      h("span", { class: "no" }, `#${each.number}`), h("span", {}, each.title), h("span", { class: each.late ? "st late" : "st" }, each.open && each.left !== null ? (each.late ? "overdue" : `${each.left} days`) : each.status))));
}

// a ticket chosen here shows its card in Slack too
function pick(number) {
  me.ticket = number;
  if (me.tab !== "C_DESK") me.tab = "C_DESK";
  paint();
  const card = place().messages.find((each) => each.text.startsWith(`Ticket ${number}:`) && !each.thread);
  if (card) document.querySelector(`[data-ts="${card.ts}"]`)?.scrollIntoView({ block: "start" });
}

function paintCase() {
  const ticket = town.tickets.find((each) => each.number === me.ticket);
  draw("case", ticket || null, () => (ticket ? caseOf(ticket) : h("div", { class: "empty" }, h("b", {}, "No case yet."), "As soon as a privacy request arrives, its ticket stands here: the date the law sets, how it was counted, and who did what when.")));
}

function caseOf(ticket) {
  const end = ticket.road.length - 1;
  const road = ticket.road.map((name, at) => h("li", { class: at < ticket.place ? "past" : at === ticket.place ? (at === end ? "here end" : "here") : null, "aria-current": at === ticket.place ? "step" : null }, at === end && !ticket.open ? ticket.status : name));
  const lines = [...ticket.marks.map((each) => ({ ...each, node: [h("b", {}, each.by), `: ${each.what}`] })), ...ticket.sent.map((each) => ({ ...each, out: true, node: [`${each.what} `, h("span", { class: "state" }, each.state === "done" ? "sent" : each.state)] }))]
    .sort((a, b) => (a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : 0));
  return [
    h("div", { class: "case-head" }, h("h3", {}, `#${ticket.number} ${ticket.title}`), h("span", { class: `badge ${ticket.late ? "late" : ticket.status}` }, ticket.late ? "overdue" : ticket.status)),
    h("p", { class: "note" }, ticket.says),
    h("ol", { class: "road", "aria-label": "Where it stands in the life cycle" }, road),
    ticket.working.length ? h("div", { class: ticket.late ? "due late" : "due" }, h("div", {}, h("strong", {}, ticket.due), h("div", { class: "note" }, ticket.law)),
      ticket.share !== null ? h("progress", { max: 100, value: ticket.share, "aria-label": "Time that has passed" }) : null,
      h("ul", { class: "working" }, ticket.working.map((step) => h("li", {}, step.text, step.source ? h("span", {}, ` – ${step.source}`) : null)), ticket.others.map((other) => h("li", {}, h("span", {}, other))))) : null,
    h("dl", { class: "facts" }, fact("Person", ticket.person), fact("Identity", ticket.identity), ticket.linked.length ? fact("Same letter", ticket.linked.map((number) => `#${number}`).join(", ")) : null,
      ticket.tasks.length ? fact("Tasks", ticket.tasks.map((task) => h("div", {}, sign(task.done ? "white_check_mark" : "white_large_square"), ` ${task.name}`))) : null,
      fact(ticket.open ? "What may follow" : "Still possible", [...new Set(ticket.ways)].join(" · "))),
    h("h4", { class: "sub" }, "Who did what when"),
    h("ol", { class: "line" }, lines.reverse().map((each) => h("li", { class: each.out ? "sent" : null }, each.node, h("time", {}, each.at)))),
  ];
}

const fact = (name, value) => [h("dt", {}, name), h("dd", {}, [value].flat())];

function tellNews() {
  for (const ticket of town.tickets) {
    const before = seen.tickets.get(ticket.number);
    if (before !== ticket.status) $("news").textContent = `Ticket ${ticket.number}, ${ticket.title}: ${ticket.says}`;
    seen.tickets.set(ticket.number, ticket.status);
  }
}

// everything

function paint() {
  if (!town) return;
  $("now").textContent = town.now;
  $("next").textContent = town.next ? `next: ${town.next}` : "nothing to wait for";
  $("to-next").disabled = !town.next;
  $("support").textContent = town.support;
  paintPeople();
  paintMails();
  paintTabs();
  paintMessages();
  paintModal();
  paintTickets();
  paintCase();
}

function begin() {
  $("letter").addEventListener("submit", send);
  $("not-answering").addEventListener("click", () => { answer(null); $("subject").value = ""; });
  $("say").addEventListener("submit", say);
  $("no-thread").addEventListener("click", () => { me.thread = null; $("in-thread").hidden = true; });
  $("by-hand").addEventListener("click", () => act("shortcut", { user: seat() }));
  $("modal").querySelector("form").addEventListener("submit", submit);
  $("modal").addEventListener("cancel", (event) => { event.preventDefault(); closeModal(); });
  $("modal-close").addEventListener("click", closeModal);
  for (const button of document.querySelectorAll("[data-clock]")) button.addEventListener("click", async () => {
    button.disabled = true;
    await act("clock", button.dataset.clock === "next" ? {} : { days: Number(button.dataset.clock) });
    button.disabled = false;
    paint();
  });
  const stream = new EventSource("events");
  stream.onmessage = (event) => { town = JSON.parse(event.data); tellNews(); paint(); };
  stream.onerror = () => toast("The town is closed.");
  stream.onopen = () => { $("toast").hidden = true; };
  fillShelf();
}

begin();
