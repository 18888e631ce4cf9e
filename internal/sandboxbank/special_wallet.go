package sandboxbank

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// isRefusal says whether an error is a no of the core's, and gives it.
func isRefusal(err error, no **Refusal) bool { return errors.As(err, no) }

// wallet is what a wallet may hold and who knows its holder, as kept beside its
// account.
type wallet struct {
	Account string `json:"account"`
	Class   string `json:"class"` // anonymous, basic or full
}

// part is a sub-wallet at a merchant or a hard wallet, both of which draw on a
// wallet.
type part struct {
	Wallet     string `json:"wallet"`
	Name       string `json:"name"`
	NameEN     string `json:"name_en"`
	Limit      string `json:"limit"`
	Hard       bool   `json:"hard"`
	Registered bool   `json:"registered"` // in the customer's own name
}

// Wallet is one e-CNY wallet.
type Wallet struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	NameEN    string `json:"name_en"`
	Tail      string `json:"tail"`
	Balance   string `json:"balance"`
	Class     string `json:"class"`
	ClassZH   string `json:"class_zh"`
	ClassEN   string `json:"class_en"`
	Single    string `json:"single" doc:"The most at once"`
	Holds     string `json:"holds" doc:"The most it may hold"`
	Anonymous bool   `json:"anonymous"`
}

// WalletPart is a sub-wallet or a hard wallet.
type WalletPart struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	NameEN     string `json:"name_en"`
	Limit      string `json:"limit"`
	Hard       bool   `json:"hard"`
	Registered bool   `json:"registered"`
}

// Wallets is every wallet of a customer.
type Wallets struct {
	Wallets []Wallet     `json:"wallets" nullable:"false"`
	Parts   []WalletPart `json:"parts" nullable:"false"`
}

// WalletMoveIn moves money between a current account and a wallet.
type WalletMoveIn struct {
	CustomerIn
	Wallet    string `json:"wallet" maxLength:"40"`
	Account   string `json:"account" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"16"`
	Reference string `json:"reference,omitempty" maxLength:"80"`
}

// WalletQuoteIn asks whether a move would be accepted.
type WalletQuoteIn struct {
	WalletMoveIn
	Way string `json:"way" maxLength:"10" doc:"in: into the wallet; out: back to the account"`
}

// WalletQuote is the answer.
type WalletQuote struct {
	Refusal *Refusal `json:"refusal"`
	Fee     string   `json:"fee"`
}

// WalletOpenIn opens a wallet.
type WalletOpenIn struct {
	CustomerIn
	Class     string `json:"class" maxLength:"20" doc:"anonymous (phone number only) or basic (with the identity document)"`
	Reference string `json:"reference" maxLength:"80"`
}

// WalletPartIn ends a sub-wallet or a hard wallet.
type WalletPartIn struct {
	CustomerIn
	Part      string `json:"part" maxLength:"60"`
	Reference string `json:"reference" maxLength:"80"`
}

// WalletDone is what was done.
type WalletDone struct {
	Number  string `json:"number"`
	Time    string `json:"time"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Tail    string `json:"tail"`
	Amount  string `json:"amount"`
	Wallet  string `json:"wallet_balance"`
	Account string `json:"account_balance"`
	Holds   string `json:"holds"`
	Single  string `json:"single"`
}

func (w WalletDone) number() string { return w.Number }

func (b *Bank) walletRoutes(api huma.API) {
	read(b, api, "wallets.list", "e-CNY wallets with what belongs to them", b.walletsList)
	read(b, api, "wallet.quote", "Whether a move into or out of a wallet would be accepted", b.walletQuote)
	bound := []string{"wallet", "account", "amount"}
	change(b, api, business{operation: "bank.wallet_topup", summary: "Move money into a wallet", bound: bound, subject: b.walletSubject("in")}, b.walletMove("in"))
	change(b, api, business{operation: "bank.wallet_return", summary: "Move money from a wallet back to an account", bound: bound, subject: b.walletSubject("out")}, b.walletMove("out"))
	change(b, api, business{operation: "bank.wallet_open", summary: "Open a wallet", bound: []string{"class"}, subject: b.walletOpenSubject}, b.walletOpen)
	change(b, api, business{operation: "bank.wallet_part_end", summary: "Close a sub-wallet or report a hard wallet lost", bound: []string{"part"}, subject: b.walletPartSubject}, b.walletPartEnd)
}

func classOf(class string) (zh, en string, single, holds fen.Fen) {
	switch class {
	case "anonymous":
		return "四类（匿名）钱包", "class 4 (anonymous) wallet", 2_000_00, 10_000_00
	case "basic":
		return "三类钱包", "class 3 wallet", 5_000_00, 20_000_00
	}
	return "二类钱包", "class 2 wallet", 50_000_00, 500_000_00
}

// classFor is the class of a wallet's account; what the bank kept nothing of is
// of the third.
func (b *Bank) classFor(ctx context.Context, db querier, customer, account string) (string, error) {
	rows, err := recordsOf[wallet](ctx, b, db, customer, "wallet")
	if err != nil {
		return "", err
	}
	for _, r := range rows {
		if r.Value.Account == account {
			return r.Value.Class, nil
		}
	}
	return "basic", nil
}

func (b *Bank) walletsList(ctx context.Context, in CustomerIn) (Wallets, error) {
	rows, err := many[accountRow](ctx, b, b.pool, "AccountsOf", in.Customer)
	if err != nil {
		return Wallets{}, err
	}
	out := Wallets{Wallets: []Wallet{}, Parts: []WalletPart{}}
	for _, a := range rows {
		if a.Kind != "wallet" {
			continue
		}
		class, err := b.classFor(ctx, b.pool, in.Customer, a.ID)
		if err != nil {
			return Wallets{}, err
		}
		zh, en, single, holds := classOf(class)
		out.Wallets = append(out.Wallets, Wallet{
			ID: a.ID, Name: a.Name, NameEN: a.NameEN, Tail: a.Tail, Balance: a.BalanceFen.String(), Class: class, ClassZH: zh, ClassEN: en,
			Single: single.String(), Holds: holds.String(), Anonymous: class == "anonymous",
		})
	}
	parts, err := recordsOf[part](ctx, b, b.pool, in.Customer, "wallet_part")
	if err != nil {
		return Wallets{}, err
	}
	for _, p := range parts {
		if p.Status == "active" {
			out.Parts = append(out.Parts, WalletPart{ID: p.ID, Name: p.Value.Name, NameEN: p.Value.NameEN, Limit: p.Value.Limit, Hard: p.Value.Hard, Registered: p.Value.Registered})
		}
	}
	return out, nil
}

// walletJudge reads both sides of a move and refuses what may not be.
func (b *Bank) walletJudge(ctx context.Context, db querier, in WalletMoveIn, way string, amount fen.Fen) (w, account accountRow, err error) {
	w, ok, err := one[accountRow](ctx, b, db, "Account", in.Wallet, in.Customer)
	if err != nil || !ok || w.Kind != "wallet" {
		return w, account, orRefuse(err, refuse("wallet_unknown", "没有查到这个钱包，请重新选择。", "That wallet was not found. Please choose again."))
	}
	class, err := b.classFor(ctx, db, in.Customer, w.ID)
	if err != nil {
		return w, account, err
	}
	zh, en, single, holds := classOf(class)
	switch {
	case amount > single:
		return w, account, refuse("wallet_single", fmt.Sprintf("%s单笔最多%s元。可以分几次，或凭身份证升级钱包。", zh, single), fmt.Sprintf("A %s moves CNY %s at most at once. Move less, or upgrade it with your identity document.", en, single))
	case way == "in" && w.BalanceFen+amount > holds:
		return w, account, refuse("wallet_full", fmt.Sprintf("%s最多放%s元，现在有%s元。可以少充一点，或凭身份证升级钱包。", zh, holds, w.BalanceFen),
			fmt.Sprintf("A %s holds CNY %s at most and has CNY %s now. Top up less, or upgrade it.", en, holds, w.BalanceFen))
	case way == "out" && amount > w.available():
		return w, account, refuse("insufficient_balance", fmt.Sprintf("钱包里有%s元，不够转回。", w.available()), fmt.Sprintf("The wallet has CNY %s, which is not enough.", w.available()))
	case way == "out" && class == "anonymous":
		return w, account, refuse("wallet_anonymous", "匿名钱包没有绑定银行卡，不能直接转回卡里。凭身份证升级后就可以转。", "An anonymous wallet is bound to no card, so it can't be moved back. Upgrade it with your identity document first.")
	}
	need := amount
	if way == "out" {
		need = 0
	}
	account, err = b.current(ctx, db, in.Customer, in.Account, need)
	return w, account, err
}

func (b *Bank) walletQuote(ctx context.Context, in WalletQuoteIn) (WalletQuote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return WalletQuote{}, err
	}
	out := WalletQuote{Fee: fen.Fen(0).String()}
	if _, _, err := b.walletJudge(ctx, b.pool, in.WalletMoveIn, in.Way, amount); err != nil && !isRefusal(err, &out.Refusal) {
		return WalletQuote{}, err
	}
	return out, nil
}

func (b *Bank) walletSubject(way string) func(context.Context, pgx.Tx, customerRow, map[string]string) (string, error) {
	return func(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
		amount, err := amountOf("args.amount", bound["amount"])
		if err != nil {
			return "", err
		}
		in := WalletMoveIn{CustomerIn: CustomerIn{Customer: customer.ID}, Wallet: bound["wallet"], Account: bound["account"]}
		w, account, err := b.walletJudge(ctx, tx, in, way, amount)
		if err != nil {
			return "", err
		}
		if way == "in" {
			return fmt.Sprintf("从尾号%s向数字人民币钱包%s充值%s元", account.Tail, w.Tail, amount), nil
		}
		return fmt.Sprintf("数字人民币钱包%s转回尾号%s共%s元", w.Tail, account.Tail, amount), nil
	}
}

func (b *Bank) walletMove(way string) bankAct[WalletMoveIn, WalletDone] {
	return func(ctx context.Context, tx pgx.Tx, a act, in WalletMoveIn) (WalletDone, error) {
		amount, err := amountOf("amount", in.Amount)
		if err != nil {
			return WalletDone{}, err
		}
		c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
		if err != nil || !ok {
			return WalletDone{}, orRefuse(err, unknownCustomer())
		}
		bound := map[string]string{"wallet": in.Wallet, "account": in.Account, "amount": amount.String()}
		if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", bound); err != nil {
			return WalletDone{}, err
		}
		if err := b.lockAccounts(ctx, tx, in.Wallet, in.Account); err != nil {
			return WalletDone{}, err
		}
		w, account, err := b.walletJudge(ctx, tx, in, way, amount)
		if err != nil {
			return WalletDone{}, err
		}
		number, err := b.number(ctx, tx, "W", a.now)
		if err != nil {
			return WalletDone{}, err
		}
		out := WalletDone{Number: number, Time: a.now.Format(time.RFC3339), Name: w.Name, NameEN: w.NameEN, Tail: w.Tail, Amount: amount.String()}
		k := booking{number: number, kind: "wallet_topup", customer: in.Customer, from: account.ID, to: w.ID, amount: amount, party: w.Name, memo: "钱包充值", category: "own"}
		if way == "out" {
			k.kind, k.from, k.to, k.party, k.memo = "wallet_return", w.ID, account.ID, account.Name, "钱包转回"
		}
		after, err := b.book(ctx, tx, a, k)
		if err != nil {
			return WalletDone{}, err
		}
		tail := account.Tail
		if way == "in" {
			out.Account, out.Wallet = after.String(), (w.BalanceFen + amount).String()
		} else {
			out.Wallet, out.Account, tail = after.String(), (account.BalanceFen + amount).String(), w.Tail
		}
		a.tell(Event{Kind: EventLedger, Customer: in.Customer, Operation: a.operation, Number: number, Amount: (-amount).String(), AccountTail: tail, Counterparty: k.party, BalanceAfter: after.String()})
		a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】%s%s元已办妥，钱包余额%s元。", k.memo, amount, out.Wallet)})
		return out, nil
	}
}

// walletOpenable refuses a second wallet of a class and a named wallet with an
// expired document.
func (b *Bank) walletOpenable(ctx context.Context, db querier, c customerRow, class string, now time.Time) *Refusal {
	if class != "anonymous" && class != "basic" {
		return refuse("wallet_class", "手机上能开四类（匿名）和三类钱包，更高的要到网点。", "Class 4 (anonymous) and class 3 can be opened here; higher ones at a branch.")
	}
	if class == "basic" && c.idExpired(now) {
		return refuse("id_expired", "您留存的身份证件已过有效期，更新证件后可以开实名钱包。", "Your identity document on file has expired. Update it first.")
	}
	all, err := b.walletsOf(ctx, db, c.ID)
	if err == nil && all[class] {
		return refuse("wallet_exists", "您已经有这一类钱包了，直接用就行。", "You have a wallet of this class already.")
	}
	return nil
}

func (b *Bank) walletsOf(ctx context.Context, db querier, customer string) (map[string]bool, error) {
	rows, err := many[accountRow](ctx, b, db, "AccountsOf", customer)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, r := range rows {
		if r.Kind == "wallet" {
			class, err := b.classFor(ctx, db, customer, r.ID)
			if err != nil {
				return nil, err
			}
			out[class] = true
		}
	}
	return out, nil
}

func (b *Bank) walletOpenSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	if no := b.walletOpenable(ctx, tx, c, bound["class"], b.now()); no != nil {
		return "", no
	}
	zh, _, _, _ := classOf(bound["class"])
	return "开立数字人民币" + zh, nil
}

func (b *Bank) walletOpen(ctx context.Context, tx pgx.Tx, a act, in WalletOpenIn) (WalletDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return WalletDone{}, orRefuse(err, unknownCustomer())
	}
	if no := b.walletOpenable(ctx, tx, c, in.Class, a.now); no != nil {
		return WalletDone{}, no
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"class": in.Class}); err != nil {
		return WalletDone{}, err
	}
	number, err := b.number(ctx, tx, "W", a.now)
	if err != nil {
		return WalletDone{}, err
	}
	zh, en, single, holds := classOf(in.Class)
	id := in.Customer + "-" + number
	name, nameEN := "数字人民币"+zh, "e-CNY "+en
	tail, err := b.newAccount(ctx, tx, in.Customer, id, "wallet", name, nameEN, number)
	if err != nil {
		return WalletDone{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "wallet", id, "active", wallet{Account: id, Class: in.Class}); err != nil {
		return WalletDone{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.wallet_open", Number: number, AccountTail: tail})
	a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】您的%s（尾号%s）已开立。", name, tail)})
	return WalletDone{Number: number, Time: a.now.Format(time.RFC3339), Name: name, NameEN: nameEN, Tail: tail, Amount: "0.00", Wallet: "0.00", Holds: holds.String(), Single: single.String()}, nil
}

func (b *Bank) walletPartOf(ctx context.Context, tx pgx.Tx, customer, id string) (record[part], error) {
	r, ok, err := recordOf[part](ctx, b, tx, customer, "wallet_part", id)
	if err != nil || !ok || r.Status != "active" {
		return r, orRefuse(err, refuse("part_unknown", "没有查到这一项，可能已经关了。", "That was not found; it may be closed already."))
	}
	if r.Value.Hard && !r.Value.Registered {
		return r, refuse("hard_anonymous", "这是不记名的硬钱包，像现金一样，丢了不能挂失。找到以后还能照常用。", "This hard wallet is not in your name: like cash, it can't be reported lost. If it turns up it works as before.")
	}
	return r, nil
}

func (b *Bank) walletPartSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	r, err := b.walletPartOf(ctx, tx, c.ID, bound["part"])
	if err != nil {
		return "", err
	}
	if r.Value.Hard {
		return "挂失" + r.Value.Name, nil
	}
	return "关闭" + r.Value.Name, nil
}

func (b *Bank) walletPartEnd(ctx context.Context, tx pgx.Tx, a act, in WalletPartIn) (WalletDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return WalletDone{}, orRefuse(err, unknownCustomer())
	}
	r, err := b.walletPartOf(ctx, tx, in.Customer, in.Part)
	if err != nil {
		return WalletDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"part": in.Part}); err != nil {
		return WalletDone{}, err
	}
	number, err := b.number(ctx, tx, "W", a.now)
	if err != nil {
		return WalletDone{}, err
	}
	status := "ended"
	if r.Value.Hard {
		status = "lost"
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, status, r.Value); err != nil {
		return WalletDone{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.wallet_part_end", Number: number, Counterparty: r.Value.Name})
	a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】%s已停用，编号%s。", r.Value.Name, number)})
	return WalletDone{Number: number, Time: a.now.Format(time.RFC3339), Name: r.Value.Name, NameEN: r.Value.NameEN}, nil
}
