package convtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Call is one call the bank saw.
type Call struct {
	Operation string
	Args      map[string]any
	Key       string // of an action
}

// bank is the scripted bank of one case: a little book of accounts that reads
// answer from and actions write to, and answers a test puts in its way.
type bank struct {
	scripts  map[string][]Answer
	fixtures *Fixtures
	calls    []Call
	accounts map[string][]map[string]any
	payees   map[string][]map[string]any
	cards    map[string][]map[string]any
	done     map[string]answer // by key: an action runs once
	boxes    int
	filled   int
	tries    map[string]int               // by box
	bound    map[string]string            // box → the operation and arguments it was opened for
	refs     map[string]map[string]string // reference → what was typed
	sent     int
	held     map[string]json.RawMessage // customer and payee → the verdict that stands
}

type answer struct {
	outcome dialogue.Outcome
	code    string
	value   json.RawMessage
}

func account(id, kind, name, tail, balance, frozen, status string) map[string]any {
	b, _ := flow.Fen(balance)
	f, _ := flow.Fen(frozen)
	return map[string]any{
		"id": id, "kind": kind, "name": name, "name_en": english(name), "tail": tail, "currency": "CNY", "balance": balance,
		"available": yuan(b - f), "frozen": frozen, "status": status,
	}
}

func payee(id, name, alias, relation, bankName, tail string, first bool) map[string]any {
	return map[string]any{"id": id, "name": name, "alias": alias, "relation": relation, "bank": bankName, "bank_en": english(bankName), "account_tail": tail, "first_time": first}
}

func card(id, tail, kind, name, status string) map[string]any {
	return map[string]any{"id": id, "tail": tail, "kind": kind, "name": name, "name_en": english(name), "status": status}
}

// english is what the scripted bank calls a thing in English.
func english(name string) string {
	return map[string]string{
		"示例银行": "Demo Bank", "建设示范银行": "Demo Construction Bank", "农信示范社": "Demo Credit Union", "储蓄卡": "Savings card", "工资卡": "Salary card",
		"信用卡": "Credit card", "存折": "Passbook", "三年定期": "Three-year deposit", "个人养老金账户": "Pension account", "存折配套卡": "Passbook card", "养老金卡": "Pension card",
	}[name]
}

func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

func newBank(scripts map[string][]Answer, fixtures *Fixtures) *bank {
	b := &bank{fixtures: fixtures, scripts: map[string][]Answer{}, done: map[string]answer{}, tries: map[string]int{}, bound: map[string]string{}, refs: map[string]map[string]string{}, held: map[string]json.RawMessage{}}
	for op, list := range scripts {
		b.scripts[op] = append([]Answer(nil), list...)
	}
	b.accounts = map[string][]map[string]any{
		"C001": {account("a11", "passbook", "存折", "2201", "48600.50", "0.00", "normal"), account("a12", "deposit", "三年定期", "0317", "100000.00", "0.00", "normal")},
		"C002": {
			account("a21", "debit", "储蓄卡", "6688", "12345.67", "345.67", "normal"), account("a22", "debit", "工资卡", "3519", "8000.00", "0.00", "normal"),
			account("a23", "pension", "个人养老金账户", "7702", "24000.00", "0.00", "normal"),
		},
		"C006": {account("a61", "debit", "Debit card", "4410", "90000.00", "0.00", "normal")},
		"C003": {account("a31", "debit", "储蓄卡", "3377", "15600.00", "0.00", "normal")},
		"C004": {account("a41", "debit", "储蓄卡", "4466", "260000.00", "0.00", "normal")},
		"C005": {account("a51", "debit", "储蓄卡", "5588", "880000.00", "0.00", "normal")},
		"C007": {account("a71", "debit", "储蓄卡", "7799", "64000.00", "0.00", "normal")},
		"C008": {account("a81", "passbook", "存折", "8800", "32000.00", "0.00", "normal")},
		"C009": {account("a91", "debit", "储蓄卡", "9184", "5200.00", "0.00", "restricted")},
		"C010": {account("a101", "debit", "储蓄卡", "1010", "41000.00", "0.00", "normal")},
		"C011": {},
		"C012": {account("a121", "debit", "储蓄卡", "0409", "7600.00", "0.00", "dormant")},
	}
	b.payees = map[string][]map[string]any{
		"C001": {payee("p11", "李强", "强强", "son", "示例银行", "8841", false)},
		"C002": {
			payee("p21", "王建军", "老王", "", "建设示范银行", "1122", false), payee("p22", "王德发", "老王", "", "示例银行", "7789", false),
			payee("p23", "李娜", "小李", "", "示例银行", "5566", false), payee("p24", "李晓东", "小李", "", "农信示范社", "9090", false),
			payee("p25", "李建国", "爸", "father", "示例银行", "3001", false), payee("p26", "张桂兰", "妈", "mother", "示例银行", "3002", false),
			payee("p27", "陈房东", "房东", "landlord", "示例银行", "6120", true), payee("p28", "李小宝", "儿子", "son", "示例银行", "8123", false),
			payee("p29", "远航商贸有限公司", "远航", "", "示例银行", "4455", false),
		},
		"C006": {payee("p61", "Li Wei", "Wei", "", "Demo Construction Bank", "1188", false)},
	}
	b.cards = map[string][]map[string]any{
		"C001": {card("k11", "2201", "debit", "存折配套卡", "normal")},
		"C002": {card("k21", "6688", "debit", "储蓄卡", "normal"), card("k22", "3519", "debit", "工资卡", "normal"), card("k23", "9012", "credit", "信用卡", "normal")},
		"C006": {card("k61", "4410", "debit", "Debit card", "normal")},
		"C008": {card("k81", "1930", "debit", "养老金卡", "locked")},
		"C010": {card("k101", "4521", "debit", "储蓄卡", "lost")},
		"C011": {},
	}
	return b
}

// scripted takes the next answer a test put in the way of an operation.
func (b *bank) scripted(op string) (answer, bool) {
	list := b.scripts[op]
	if len(list) == 0 {
		return answer{}, false
	}
	a := list[0]
	if a.Times--; a.Times <= 0 && len(list) > 1 {
		b.scripts[op] = list[1:]
	} else {
		list[0] = a
	}
	if a.Outcome == "real" {
		return answer{}, false
	}
	out := answer{outcome: dialogue.Outcome(a.Outcome), code: a.Code}
	if a.Outcome == "" {
		out.outcome = dialogue.Done
	}
	if a.Value != nil {
		out.value, _ = json.Marshal(a.Value)
	}
	return out, true
}

func value(v any) answer {
	raw, err := json.Marshal(v)
	if err != nil {
		return answer{outcome: dialogue.Failed, code: "encoding"}
	}
	return answer{outcome: dialogue.Done, value: raw}
}

func refused(code, zh, en string) answer {
	raw, _ := json.Marshal(map[string]string{"code": code, "text": zh, "text_en": en})
	return answer{outcome: dialogue.Refused, code: code, value: raw}
}

func text(args map[string]any, name string) string { s, _ := args[name].(string); return s }

// read answers an operation that changes nothing.
func (b *bank) read(op string, args map[string]any) answer {
	b.calls = append(b.calls, Call{Operation: op, Args: args})
	boxed := b.fixtures.boxed(op)
	if boxed {
		var no *answer
		if args, no = b.unsealed(op, args); no != nil {
			return *no
		}
	}
	if a, ok := b.scripted(op); ok {
		return a
	}
	who := text(args, "customer")
	switch op {
	case "accounts.list":
		var total int64
		for _, a := range b.accounts[who] {
			n, _ := flow.Fen(text(a, "balance"))
			total += n
		}
		return value(map[string]any{"accounts": append([]map[string]any{}, b.accounts[who]...), "total": yuan(total)})
	case "cards.list":
		return value(map[string]any{"cards": append([]map[string]any{}, b.cards[who]...)})
	case "payees.find":
		name := strings.TrimPrefix(text(args, "name"), "我")
		found := []map[string]any{}
		for _, p := range b.payees[who] {
			rel := map[string]string{"son": "儿子 孩子 小孩 my son son", "father": "爸 爸爸 父亲 老爸 dad father my dad", "mother": "妈 妈妈 母亲 老妈 mother mom my mother", "landlord": "房东 landlord"}[text(p, "relation")]
			if name == "" || name == text(p, "name") || name == text(p, "alias") || strings.Contains(" "+rel+" ", " "+strings.ToLower(name)+" ") {
				found = append(found, p)
			}
		}
		return value(map[string]any{"payees": found})
	case "transfer.quote":
		return b.quote(who, args)
	}
	a, ok := b.fixtures.read(op, args)
	if !ok {
		return answer{outcome: dialogue.Failed, code: "no_such_operation"}
	}
	if boxed && a.outcome == dialogue.Refused {
		if b.tries[op]++; b.tries[op] >= 3 {
			return refused("too_many_tries", "填错次数过多", "Too many tries.")
		}
	}
	return a
}

// unsealed puts what was typed into the box of a read among its arguments; the
// reference is used up, and good for the arguments it was opened for alone.
func (b *bank) unsealed(op string, args map[string]any) (map[string]any, *answer) {
	args = maps.Clone(args)
	reference := text(args, "reference")
	delete(args, "reference")
	typed, known := b.refs[reference]
	delete(b.refs, reference)
	if !known {
		no := refused("reference_used", "安全框已失效", "The box is no longer valid.")
		return args, &no
	}
	_, box, _ := strings.Cut(strings.TrimPrefix(reference, "once-"), "-")
	if b.bound[box] != bound(op, args) {
		no := refused("argument_mismatch", "核对的不是这一个", "The box was for something else.")
		return args, &no
	}
	for name, value := range typed {
		args[name] = value
	}
	return args, nil
}

func (b *bank) find(list []map[string]any, id string) map[string]any {
	for _, x := range list {
		if text(x, "id") == id {
			return x
		}
	}
	return map[string]any{}
}

func (b *bank) quote(who string, args map[string]any) answer {
	from, to := b.find(b.accounts[who], text(args, "account")), b.find(b.payees[who], text(args, "payee"))
	amount, err := flow.Fen(text(args, "amount"))
	if err != nil || len(from) == 0 || len(to) == 0 {
		return refused("bad_request", "金额、账户或收款人不对", "The amount, account or payee is wrong.")
	}
	level := "L2"
	if first, _ := to["first_time"].(bool); first || amount > 5_000_000 {
		level = "L3"
	}
	q := map[string]any{
		"fee": "0.00", "arrival": "实时到账", "arrival_en": "Arrives at once", "level": level, "limit_left": "50000.00", "refusal": nil,
	}
	if text(to, "bank") != "示例银行" {
		q["fee"] = "2.00"
	}
	available, _ := flow.Fen(text(from, "available"))
	switch {
	case text(from, "status") != "normal":
		q["refusal"] = map[string]any{"code": text(from, "status"), "text": "付款账户暂时不能转出", "text_en": "This account cannot send money for now."}
	case amount > available:
		q["refusal"] = map[string]any{"code": "insufficient_balance", "text": "余额不够", "text_en": "The balance is too low."}
	case amount > 5_000_000:
		q["refusal"] = map[string]any{"code": "daily_limit", "text": "超过当日限额", "text_en": "Over the daily limit."}
	}
	return value(q)
}

// begin opens a step-up challenge.
func (b *bank) begin(op string, args map[string]any, level flow.Level) answer {
	b.calls = append(b.calls, Call{Operation: "stepup.begin", Args: map[string]any{"operation": op, "level": string(level), "args": args}})
	if a, ok := b.scripted("stepup.begin"); ok {
		return a
	}
	b.boxes++
	ref := fmt.Sprintf("box-%d", b.boxes)
	b.bound[ref] = bound(op, args)
	if level == flow.Level1 { // it proves nothing, so nothing is sent
		return value(map[string]any{"ref": ref, "expires_at": "2099-12-31T23:59:59+08:00", "fields": b.fixtures.secrets(op), "sms_to": ""})
	}
	fields := []map[string]any{{"name": "sms_code", "label": "短信验证码", "digits": 6}}
	if level == flow.Level3 {
		fields = append(fields, map[string]any{"name": "face", "label": "刷脸核验码", "digits": 4})
	}
	fields = append(fields, b.fixtures.secrets(op)...)
	if op == "bank.pin_reset" {
		fields = append(fields, map[string]any{"name": "new_pin", "label": "新密码", "digits": 6}, map[string]any{"name": "new_pin_again", "label": "再输一遍", "digits": 6})
	}
	return value(map[string]any{
		"ref": ref, "expires_at": "2099-12-31T23:59:59+08:00", "fields": fields, "sms_to": "138****0001",
	})
}

// bound is what a box is good for: one operation with these arguments.
func bound(op string, args map[string]any) string {
	raw, err := json.Marshal(args)
	if err != nil {
		return err.Error()
	}
	return op + string(raw)
}

// risk is the bank's risk service: what sounds like a scam is held, and a hold
// or a block stays with the customer and the payee, whatever is said later. A
// scam that was told of before a payee was named holds every new payee.
func (b *bank) risk(facts map[string]any) answer {
	b.calls = append(b.calls, Call{Operation: "risk.check", Args: facts})
	t, _ := facts["transaction"].(dialogue.Transaction)
	anybody := text(facts, "customer") + " "
	key := anybody + t.Payee
	a, scripted := b.scripted("risk.check")
	if scripted {
		var said struct{ Verdict string }
		if json.Unmarshal(a.value, &said) == nil && (said.Verdict == "hold" || said.Verdict == "block") {
			b.held[key] = a.value
		}
	}
	if before, stands := b.held[key]; stands {
		return answer{outcome: dialogue.Done, value: before}
	}
	if before, stands := b.held[anybody]; stands && t.First {
		return answer{outcome: dialogue.Done, value: before}
	}
	if scripted {
		return a
	}
	scams, _ := facts["scams"].([]string)
	weight := 0
	for _, name := range scams {
		if weight++; !strings.HasSuffix(name, "?") {
			weight++
		}
	}
	if weight < 2 {
		return value(map[string]any{"verdict": "allow"})
	}
	held := value(map[string]any{
		"verdict": "hold", "code": "scam", "text": "这像是诈骗。", "text_en": "This looks like a fraud.", "until": "2026-11-23T10:05:00+08:00",
	})
	b.held[key] = held.value
	return held
}

// fill takes what was typed into a secure box and gives the one-use reference.
func (b *bank) fill(ref string, fields map[string]string) string {
	b.filled++
	r := fmt.Sprintf("once-%d-%s", b.filled, ref)
	b.refs[r] = fields
	return r
}

// act runs an action once per key.
func (b *bank) act(key string, e dialogue.Act) answer {
	if a, ok := b.done[key]; ok {
		return a
	}
	b.calls = append(b.calls, Call{Operation: e.Operation, Args: e.Args, Key: key})
	a, ok := b.scripted(e.Operation)
	if !ok {
		a = b.run(e)
	}
	b.done[key] = a
	return a
}

func (b *bank) run(e dialogue.Act) answer {
	who := text(e.Args, "customer")
	typed, known := b.refs[e.Reference]
	delete(b.refs, e.Reference)
	if b.proven(e.Operation) {
		if !known {
			return refused("reference_used", "验证已失效", "The check is no longer valid.")
		}
		_, box, _ := strings.Cut(strings.TrimPrefix(e.Reference, "once-"), "-")
		if to, opened := b.bound[box]; opened && to != bound(e.Operation, e.Args) {
			return refused("argument_mismatch", "验证的不是这一笔", "The check was for something else.")
		}
		if typed["sms_code"] != "246810" {
			b.tries[box]++
			if b.tries[box] >= 3 {
				return refused("too_many_tries", "验证次数过多", "Too many tries.")
			}
			return refused("wrong_code", "验证码不对", "Wrong code.")
		}
	}
	b.sent++
	number, now := fmt.Sprintf("R%06d", b.sent), "2026-11-22T10:05:00+08:00"
	switch e.Operation {
	case "bank.transfer":
		from, to := b.find(b.accounts[who], text(e.Args, "account")), b.find(b.payees[who], text(e.Args, "payee"))
		amount, _ := flow.Fen(text(e.Args, "amount"))
		balance, _ := flow.Fen(text(from, "balance"))
		return value(map[string]any{
			"number": number, "time": now, "amount": yuan(amount), "memo": text(e.Args, "memo"), "payee_name": to["name"], "payee_bank": to["bank"], "payee_bank_en": to["bank_en"], "payee_tail": to["account_tail"],
			"account_tail": from["tail"], "fee": "0.00", "balance_after": yuan(balance - amount),
		})
	case "bank.card_loss":
		c := b.find(b.cards[who], text(e.Args, "card"))
		c["status"] = "lost"
		return value(map[string]any{"number": number, "time": now, "valid_until": "2026-11-27T10:05:00+08:00", "tail": c["tail"]})
	case "bank.pin_reset":
		c := b.find(b.cards[who], text(e.Args, "card"))
		switch {
		case typed["new_pin"] != typed["new_pin_again"]:
			return refused("mismatch", "两次输入不一致", "The two differ.")
		case typed["new_pin"] == "123456" || typed["new_pin"] == "888888":
			return refused("weak_pin", "密码太简单", "Too weak.")
		}
		return value(map[string]any{"number": number, "time": now, "tail": c["tail"]})
	}
	if a, ok := b.fixtures.act(e.Operation, e.Args, number); ok {
		return a
	}
	return answer{outcome: dialogue.Refused, code: "no_such_operation"}
}

// proven says whether an act needs a filled secure box.
func (b *bank) proven(operation string) bool {
	if a := b.fixtures.of(operation); a != nil {
		return a.Level != ""
	}
	return operation != "bank.card_loss"
}

// customer is one of the cast as the dialogue knows them; 李伟 where nobody is
// named.
func customer(id string) dialogue.Customer {
	switch id {
	case "":
		id = "C002"
	case "anonymous":
		return dialogue.Customer{Level: flow.Level0}
	}
	for _, c := range []dialogue.Customer{
		{ID: "C001", Name: "王秀英", Title: "女士", Age: 72},
		{ID: "C002", Name: "李伟", Title: "先生", Age: 34},
		{ID: "C003", Name: "陈静", Title: "女士", Age: 29},
		{ID: "C004", Name: "赵建国", Title: "先生", Age: 66},
		{ID: "C005", Name: "周敏", Title: "女士", Age: 45},
		{ID: "C006", Name: "Emily Chen", Age: 36},
		{ID: "C007", Name: "刘洋", Title: "先生", Age: 38},
		{ID: "C008", Name: "吴桂芬", Title: "女士", Age: 80},
		{ID: "C009", Name: "孙强", Title: "先生", Age: 27},
		{ID: "C010", Name: "黄丽", Title: "女士", Age: 41},
		{ID: "C011", Name: "马超", Title: "先生", Age: 22},
		{ID: "C012", Name: "郑凯", Title: "先生", Age: 50},
	} {
		if c.ID == id {
			c.Level = flow.Level1
			return c
		}
	}
	return dialogue.Customer{ID: id, Name: "客户", Level: flow.Level1, Age: 40}
}
