package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	grantWaits  = 30 * 24 * time.Hour // how long a grant that was asked for may be checked
	errandHolds = 7 * 24 * time.Hour  // how long a relative may do an errand
	estateSmall = fen.Fen(50_000_00)  // up to here no notary is needed, all accounts together
	estateHolds = 30 * 24 * time.Hour // how long papers that were looked at stay good
)

// GrantActivateIn puts a grant into effect, after the customer was heard alone.
type GrantActivateIn struct {
	CheckedIn
	Grant string `json:"grant" maxLength:"60"`
}

// AppointIn lets a relative do one thing, or act as a guardian, after the
// customer was heard alone.
type AppointIn struct {
	CheckedIn
	Way    string `json:"way" enum:"errand,guardian"`
	Person string `json:"person" maxLength:"30"`
	Matter string `json:"matter" enum:"collect,statement,papers,care" doc:"care for a guardian, and only then"`
}

// Appointed is a relative who may do something.
type Appointed struct {
	Done
	Person   string `json:"person"`
	MatterZH string `json:"matter_zh"`
	MatterEN string `json:"matter_en"`
	Until    string `json:"until"`
}

// appointed is it as kept.
type appointed struct {
	Person string `json:"person"`
	Matter string `json:"matter"`
	Until  string `json:"until"`
}

// AccessIn keeps what helps a customer to use the bank.
type AccessIn struct {
	CustomerIn
	Help string `json:"help" enum:"large,text,aloud,plain"`
}

// EstateIn hands in the papers about a depositor who has died.
type EstateIn struct {
	CheckedIn
	Deceased  string `json:"deceased" maxLength:"30" doc:"The name on the death certificate"`
	Died      string `json:"died" maxLength:"20"`
	Relation  string `json:"relation" enum:"spouse,child,parent,will,other" doc:"What the customer is to the deceased"`
	Signature string `json:"signature" maxLength:"100" doc:"Of the signed undertaking"`
}

// EstateChecked is papers that were looked at. It says which way leads on and
// never what there is.
type EstateChecked struct {
	Done
	Way   string `json:"way" enum:"simple,notary"`
	Until string `json:"until"`
}

// estate is what a depositor who has died left, as kept with the heir it is known of.
type estate struct {
	Name     string `json:"name"`
	Relation string `json:"relation"`
	Total    string `json:"total"`
}

// assistedFamilyRoutes serves what families do for one another.
func (b *Bank) assistedFamilyRoutes(api huma.API) {
	change(b, api, business{
		operation: "bank.family_activate", summary: "Put a relative's grant into effect, after a check and an authorisation", level: "L4",
		bound: []string{"grant", "review", "second"}, subject: b.activateSubject,
	}, b.familyActivate)
	change(b, api, business{
		operation: "bank.family_appoint", summary: "Let a relative do an errand, or act as a guardian", level: "L4",
		bound: []string{"way", "person", "matter", "review", "second"}, subject: b.appointSubject,
	}, b.familyAppoint)
	change(b, api, business{operation: "bank.access_set", summary: "Keep what helps a customer"}, b.accessSet)
	change(b, api, business{
		operation: "bank.estate_precheck", summary: "Look at the papers about a depositor who has died", level: "L4",
		bound: []string{"deceased", "relation", "review", "second"}, subject: b.estateSubject,
	}, b.estatePrecheck)
}

// waitingGrant is a grant that may be put into effect now.
func (b *Bank) waitingGrant(ctx context.Context, tx pgx.Tx, customer, id string) (record[grant], error) {
	r, ok, err := recordOf[grant](ctx, b, tx, customer, "grant", id)
	switch {
	case err != nil || !ok || r.Status == "ended":
		return r, orRefuse(err, refuse("grant_unknown", "没有查到这项授权，可能已经收回了。", "That grant was not found; it may have been taken back."))
	case r.Status == "active":
		return r, refuse("grant_active", "给"+r.Value.Name+"的授权已经生效，不用再核实。", "That grant is in effect already.")
	case b.now().Sub(r.CreatedAt) > grantWaits:
		return r, refuse("grant_old", "这项授权登记超过三十天没有核实，已经作废，请重新登记。", "That grant was asked for more than thirty days ago; please ask for it anew.")
	}
	return r, nil
}

func (b *Bank) activateSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	r, err := b.waitingGrant(ctx, tx, c.ID, bound["grant"])
	if err != nil {
		return "", err
	}
	zh, _ := scopeName(r.Value.Scope)
	return fmt.Sprintf("让给%s的授权生效：%s", r.Value.Name, zh), nil
}

func (b *Bank) familyActivate(ctx context.Context, tx pgx.Tx, a act, in GrantActivateIn) (Grant, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return Grant{}, err
	}
	r, err := b.waitingGrant(ctx, tx, in.Customer, in.Grant)
	if err != nil {
		return Grant{}, err
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, true, map[string]string{"grant": in.Grant}); err != nil {
		return Grant{}, err
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "active", r.Value); err != nil {
		return Grant{}, err
	}
	b.told(a, customer, r.Value.Number, r.Value.Name, fmt.Sprintf("您给%s的授权已生效，编号%s，到%s止。每次代办都告诉您，随时可以收回。", r.Value.Name, r.Value.Number, r.Value.Until))
	out := r.Value.view(r.ID, "active")
	out.Time = a.now.Format(time.RFC3339)
	return out, nil
}

// matterName is what a relative is let do.
func matterName(matter string) (zh, en string) {
	switch matter {
	case "collect":
		return "代领已经做好的卡", "collect a card that is ready"
	case "statement":
		return "代打流水和回单", "fetch statements and receipts"
	case "papers":
		return "代交材料", "hand in papers"
	}
	return "作为监护人看账、代缴生活和医疗费", "as a guardian look at accounts and pay for living and care"
}

// appointJudge says why not. One guardian at a time, and no errand twice.
func (b *Bank) appointJudge(ctx context.Context, db querier, customer, way, person, matter string) error {
	if (way == "guardian") != (matter == "care") {
		return refuse("matter_wrong", "这件事不能这样授权，请重新选。", "That can't be granted this way. Please choose again.")
	}
	rows, err := recordsOf[appointed](ctx, b, db, customer, way)
	if err != nil {
		return err
	}
	for _, r := range rows {
		switch {
		case r.Status != "active" || r.Value.Until < b.now().Format(time.DateOnly):
		case way == "guardian":
			return refuse("guardian_exists", "已经登记了一位监护人，要换人请带监护证明到网点办。", "A guardian is recorded already; to change that please visit a branch with the papers.")
		case r.Value.Person == person && r.Value.Matter == matter:
			return refuse("errand_exists", "这件事已经委托给"+person+"了，有效期内不用再办。", "That errand is granted already.")
		}
	}
	return nil
}

func (b *Bank) appointSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	if err := b.appointJudge(ctx, tx, c.ID, bound["way"], bound["person"], bound["matter"]); err != nil {
		return "", err
	}
	zh, _ := matterName(bound["matter"])
	return fmt.Sprintf("委托%s%s", bound["person"], zh), nil
}

func (b *Bank) familyAppoint(ctx context.Context, tx pgx.Tx, a act, in AppointIn) (Appointed, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return Appointed{}, err
	}
	if err := b.appointJudge(ctx, tx, in.Customer, in.Way, in.Person, in.Matter); err != nil {
		return Appointed{}, err
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, true, map[string]string{"way": in.Way, "person": in.Person, "matter": in.Matter}); err != nil {
		return Appointed{}, err
	}
	number, err := b.number(ctx, tx, "W", a.now)
	if err != nil {
		return Appointed{}, err
	}
	until := a.now.Add(errandHolds)
	if in.Way == "guardian" {
		until = a.now.AddDate(1, 0, 0)
	}
	kept := appointed{Person: in.Person, Matter: in.Matter, Until: until.Format(time.DateOnly)}
	if err := b.addRecord(ctx, tx, a, in.Customer, in.Way, in.Customer+"-"+number, "active", kept); err != nil {
		return Appointed{}, err
	}
	zh, en := matterName(in.Matter)
	b.told(a, customer, number, in.Person, fmt.Sprintf("您委托%s%s，编号%s，到%s止。每次代办都告诉您，不是您本人的意思请马上联系我们。", in.Person, zh, number, kept.Until))
	return Appointed{
		Done:   Done{Number: number, Time: a.now.Format(time.RFC3339), Name: "家属代办", NameEN: "Help from relatives"},
		Person: in.Person, MatterZH: zh, MatterEN: en, Until: kept.Until,
	}, nil
}

func (b *Bank) accessSet(ctx context.Context, tx pgx.Tx, a act, in AccessIn) (Done, error) {
	if _, err := b.lockedCustomer(ctx, tx, in.Customer); err != nil {
		return Done{}, err
	}
	number, err := b.number(ctx, tx, "E", a.now)
	if err != nil {
		return Done{}, err
	}
	if err := b.keepRecord(ctx, tx, a.now, in.Customer, "access_help", "r27-"+in.Customer, "active", map[string]string{"help": in.Help}); err != nil {
		return Done{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number})
	return Done{Number: number, Time: a.now.Format(time.RFC3339), Name: "陪办方式", NameEN: "What helps"}, nil
}

// estateJudge finds what a name and a relation stand for. What there is stays here.
func (b *Bank) estateJudge(ctx context.Context, db querier, customer, deceased, relation string) (estate, error) {
	if !slices.Contains([]string{"spouse", "child", "parent", "will"}, relation) {
		return estate{}, refuse("estate_relation", "免公证提取只能由配偶、子女、父母，或公证遗嘱指定的人来办，其他亲属要凭公证书或法院文书。",
			"Without a notary only the spouse, a child, a parent or who a notarial will names may ask; others need a deed or a ruling.")
	}
	open, err := recordsOf[EstateChecked](ctx, b, db, customer, "estate_check")
	if err != nil {
		return estate{}, err
	}
	for _, r := range open {
		if r.Status == "open" && r.Value.Name == deceased && r.Value.Until >= b.now().Format(time.DateOnly) {
			return estate{}, refuse("estate_open", "这份材料已经预审过，带编号和原件去网点就可以。", "These papers were looked at already; please take the number and the originals to a branch.")
		}
	}
	left, err := recordsOf[estate](ctx, b, db, customer, "estate")
	if err != nil {
		return estate{}, err
	}
	for _, r := range left {
		if r.Value.Name == deceased && (r.Value.Relation == relation || relation == "will") {
			return r.Value, nil
		}
	}
	return estate{}, refuse("estate_unknown", "按这些材料还对不上本行的账户，可能在别的银行，也可能姓名写法不同。带上原件，网点可以当面帮您查。",
		"These papers do not match an account with us; it may be with another bank, or the name is written differently. A branch can look it up with the originals.")
}

func (b *Bank) estateSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	if _, err := b.estateJudge(ctx, tx, c.ID, bound["deceased"], bound["relation"]); err != nil {
		return "", err
	}
	return "提交已故亲人存款的材料预审", nil
}

func (b *Bank) estatePrecheck(ctx context.Context, tx pgx.Tx, a act, in EstateIn) (EstateChecked, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return EstateChecked{}, err
	}
	if in.Signature == "" {
		return EstateChecked{}, refuse("unsigned", "承诺书还没有签，没有提交。", "The undertaking is not signed; nothing was handed in.")
	}
	left, err := b.estateJudge(ctx, tx, in.Customer, in.Deceased, in.Relation)
	if err != nil {
		return EstateChecked{}, err
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, true, map[string]string{"deceased": in.Deceased, "relation": in.Relation}); err != nil {
		return EstateChecked{}, err
	}
	total, err := fen.Parse(left.Total)
	if err != nil {
		return EstateChecked{}, fmt.Errorf("read an estate: %w", err)
	}
	number, err := b.number(ctx, tx, "J", a.now)
	if err != nil {
		return EstateChecked{}, err
	}
	out := EstateChecked{
		Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: in.Deceased, NameEN: in.Deceased},
		Way:  "simple", Until: a.now.Add(estateHolds).Format(time.DateOnly),
	}
	if total > estateSmall {
		out.Way = "notary"
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "estate_check", in.Customer+"-"+number, "open", out); err != nil {
		return EstateChecked{}, err
	}
	b.told(a, customer, number, "", fmt.Sprintf("您的材料已预审，编号%s，%s前带原件到任一网点办理。请您节哀。", number, out.Until))
	return out, nil
}
