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
	socialDays  = 7              // working days until a card is ready
	socialFee   = fen.Fen(20_00) // for one that was lost or broke, paid on collecting it
	socialRenew = 180            // days before it expires, from when it is renewed
)

// socialCard is a card of the social security authority with our account in it,
// as kept. Its two sides are switched on apart: the social side by the authority,
// the banking side by us.
type socialCard struct {
	City      string `json:"city"`
	Tail      string `json:"tail"`
	Social    bool   `json:"social"`  // the authority has switched its side on
	Banking   bool   `json:"banking"` // ours is on
	Collected bool   `json:"collected"`
	ExpiresOn string `json:"expires_on"`
}

// socialAsked is a card that is being made, as kept.
type socialAsked struct {
	City    string `json:"city"`
	Sort    string `json:"sort"` // apply or replace
	ReadyOn string `json:"ready_on"`
	Pickup  string `json:"pickup"`
	Number  string `json:"number"`
}

// insured is where the authority says that a customer is insured.
type insured struct {
	City string `json:"city"`
}

// SocialCity is a city in which we issue the card.
type SocialCity struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	NameEN   string `json:"name_en"`
	Pickup   string `json:"pickup" doc:"Where it is collected"`
	PickupEN string `json:"pickup_en"`
}

// SocialCities is every city in which we issue the card.
type SocialCities struct {
	Cities []SocialCity `json:"cities" nullable:"false"`
}

// SocialCard is a customer's card with both its sides.
type SocialCard struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	NameEN    string `json:"name_en"`
	City      string `json:"city"`
	CityEN    string `json:"city_en"`
	Tail      string `json:"tail"`
	Social    string `json:"social" doc:"The state of the authority's side"`
	SocialEN  string `json:"social_en"`
	Banking   string `json:"banking" doc:"The state of our side"`
	BankingEN string `json:"banking_en"`
	ExpiresOn string `json:"expires_on"`
}

// SocialAsked is a card that is being made.
type SocialAsked struct {
	City    string `json:"city"`
	CityEN  string `json:"city_en"`
	State   string `json:"state"`
	StateEN string `json:"state_en"`
	ReadyOn string `json:"ready_on"`
	Pickup  string `json:"pickup"`
	Number  string `json:"number"`
}

// Social is what a customer has and has asked for.
type Social struct {
	Cards []SocialCard  `json:"cards" nullable:"false"`
	Asked []SocialAsked `json:"asked" nullable:"false"`
}

// SocialApplyIn asks for a card.
type SocialApplyIn struct {
	CustomerIn
	City      string `json:"city" maxLength:"20"`
	Document  string `json:"document" maxLength:"20" doc:"id_card, passport or residence"`
	Photo     string `json:"photo" maxLength:"20" doc:"on_file for the one of the identity card, branch to have one taken"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// SocialQuote is what an application would mean; nothing has changed.
type SocialQuote struct {
	City      string   `json:"city"`
	CityEN    string   `json:"city_en"`
	Insured   string   `json:"insured" doc:"Where the authority says the customer is insured; empty: nowhere"`
	InsuredEN string   `json:"insured_en"`
	Other     string   `json:"other" doc:"The city of a card that ends with the new one: one person, one card; empty for none"`
	OtherEN   string   `json:"other_en"`
	ReadyOn   string   `json:"ready_on"`
	Pickup    string   `json:"pickup"`
	PickupEN  string   `json:"pickup_en"`
	Refusal   *Refusal `json:"refusal"`
}

// SocialReplaceIn asks for a new card in the place of one.
type SocialReplaceIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"60"`
	Reason    string `json:"reason" maxLength:"10" doc:"lost, damaged or expired"`
	Reference string `json:"reference" maxLength:"100"`
}

// SocialActivateIn switches the banking side of a card on.
type SocialActivateIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"60"`
	Reference string `json:"reference" maxLength:"100"`
}

// SocialDone is a card that was asked for or switched on.
type SocialDone struct {
	Number   string `json:"number"`
	Time     string `json:"time"`
	City     string `json:"city"`
	CityEN   string `json:"city_en"`
	ReadyOn  string `json:"ready_on" doc:"Empty where nothing is made"`
	Pickup   string `json:"pickup"`
	PickupEN string `json:"pickup_en"`
	Fee      string `json:"fee" doc:"Paid on collecting it"`
	Tail     string `json:"tail"`
}

func (d SocialDone) number() string { return d.Number }

func (b *Bank) socialRoutes(api huma.API) {
	read(b, api, "social.cities", "Cities in which the social security card is issued", b.socialCities)
	read(b, api, "social.list", "A customer's social security card and what is being made", b.socialList)
	read(b, api, "social.quote", "What an application would mean", b.socialQuote)
	change(b, api, business{operation: "bank.social_apply", summary: "Ask for a social security card", bound: []string{"city", "document", "photo"}, subject: b.socialApplySubject}, b.socialApply)
	change(b, api, business{operation: "bank.social_replace", summary: "Replace a social security card", bound: []string{"card", "reason"}, subject: b.socialReplaceSubject}, b.socialReplace)
	change(b, api, business{operation: "bank.social_activate", summary: "Switch the banking side of a social security card on", bound: []string{"card"}, subject: b.socialActivateSubject}, b.socialActivate)
}

// issuing are the cities in which the card is issued.
func issuing() []SocialCity {
	return []SocialCity{
		{"深圳", "深圳", "Shenzhen", "龙岗支行", "Longgang Branch"},
		{"上海", "上海", "Shanghai", "里弄支行", "Lilong Branch"},
		{"杭州", "杭州", "Hangzhou", "西溪支行", "Xixi Branch"},
		{"广州", "广州", "Guangzhou", "荔湾支行", "Liwan Branch"},
		{"成都", "成都", "Chengdu", "锦水支行", "Jinshui Branch"},
		{"南京", "南京", "Nanjing", "鼓楼支行", "Gulou Branch"},
		{"青岛", "青岛", "Qingdao", "市南支行", "Shinan Branch"},
		{"昆明", "昆明", "Kunming", "五华支行", "Wuhua Branch"},
	}
}

func cityOf(name string) (SocialCity, bool) {
	i := slices.IndexFunc(issuing(), func(c SocialCity) bool { return c.ID == name })
	if i < 0 {
		return SocialCity{Name: name, NameEN: name}, false
	}
	return issuing()[i], true
}

func (b *Bank) socialCities(context.Context, CustomerIn) (SocialCities, error) {
	return SocialCities{Cities: append(issuing(), SocialCity{ID: "other", Name: "别的城市", NameEN: "Another city"})}, nil
}

func (c socialCard) view(id string) SocialCard {
	city, _ := cityOf(c.City)
	out := SocialCard{
		ID: id, Name: city.Name + "社保卡", NameEN: city.NameEN + " card", City: city.Name, CityEN: city.NameEN, Tail: c.Tail, ExpiresOn: c.ExpiresOn,
		Social: "已启用", SocialEN: "on", Banking: "已激活", BankingEN: "on",
	}
	if !c.Social {
		out.Social, out.SocialEN = "没有启用，归人社部门", "off; the authority switches it on"
	}
	switch {
	case !c.Collected:
		out.Banking, out.BankingEN = "制好了，还没领卡", "made, not collected yet"
	case !c.Banking:
		out.Banking, out.BankingEN = "没有激活", "off"
	}
	return out
}

func (v socialAsked) view() SocialAsked {
	city, _ := cityOf(v.City)
	out := SocialAsked{City: city.Name, CityEN: city.NameEN, ReadyOn: v.ReadyOn, Pickup: v.Pickup, Number: v.Number, State: "人社审核中", StateEN: "with the authority"}
	if v.Sort == "replace" {
		out.State, out.StateEN = "补换制卡中", "being replaced"
	}
	return out
}

func (b *Bank) socialList(ctx context.Context, in CustomerIn) (Social, error) {
	cards, asked, err := b.socialOf(ctx, b.pool, in.Customer)
	if err != nil {
		return Social{}, err
	}
	out := Social{Cards: []SocialCard{}, Asked: []SocialAsked{}}
	for _, c := range cards {
		out.Cards = append(out.Cards, c.Value.view(c.ID))
	}
	for _, v := range asked {
		out.Asked = append(out.Asked, v.Value.view())
	}
	return out, nil
}

// socialOf is the cards a customer has and those that are being made.
func (b *Bank) socialOf(ctx context.Context, db querier, customer string) ([]record[socialCard], []record[socialAsked], error) {
	cards, err := recordsOf[socialCard](ctx, b, db, customer, "social_card")
	if err != nil {
		return nil, nil, err
	}
	asked, err := recordsOf[socialAsked](ctx, b, db, customer, "social_asked")
	if err != nil {
		return nil, nil, err
	}
	return slices.DeleteFunc(cards, func(r record[socialCard]) bool { return r.Status != "active" }),
		slices.DeleteFunc(asked, func(r record[socialAsked]) bool { return r.Status != "pending" }), nil
}

func socialPending(asked []record[socialAsked]) *Refusal {
	if len(asked) == 0 {
		return nil
	}
	city, _ := cityOf(asked[0].Value.City)
	return refuse("social_pending", "您在"+city.Name+"的社保卡正在制，不用再办。想知道到哪一步，说“社保卡进度”。", "A card of yours is being made in "+city.NameEN+" already. Ask for the status of my social security card.")
}

// readyOn is the day on which a card asked for now can be collected.
func readyOn(now time.Time) string {
	day := now
	for left := socialDays; left > 0; {
		day = day.AddDate(0, 0, 1)
		if !dayOff(day) {
			left--
		}
	}
	return day.Format(time.DateOnly)
}

func (b *Bank) socialJudge(ctx context.Context, db querier, c customerRow, in SocialApplyIn) (SocialQuote, error) {
	city, issued := cityOf(in.City)
	out := SocialQuote{City: city.Name, CityEN: city.NameEN, Pickup: city.Pickup, PickupEN: city.PickupEN, ReadyOn: readyOn(b.now())}
	places, err := recordsOf[insured](ctx, b, db, c.ID, "insured")
	if err != nil {
		return out, err
	}
	if len(places) > 0 {
		at, _ := cityOf(places[0].Value.City)
		out.Insured, out.InsuredEN = at.Name, at.NameEN
	}
	cards, asked, err := b.socialOf(ctx, db, c.ID)
	if err != nil {
		return out, err
	}
	own := ""
	if len(cards) > 0 {
		own = cards[0].Value.City
		at, _ := cityOf(own)
		out.Other, out.OtherEN = at.Name, at.NameEN
	}
	switch {
	case !issued:
		out.Refusal = refuse("social_city", "那个城市的社保卡不由我们发，请到当地人社窗口或合作银行办，电话12333。", "We don't issue the card of that city. Please ask its authority on 12333.")
	case socialPending(asked) != nil:
		out.Refusal = socialPending(asked)
	case own == in.City:
		out.Refusal = refuse("social_exists", "您已经有"+city.Name+"的社保卡了，一人一卡。丢了坏了可以补换。", "You have a card of "+city.NameEN+" already, and one person has one. A lost or broken one can be replaced.")
	case c.idExpired(b.now()):
		out.Refusal = refuse("id_expired", "您留存的身份证件已过有效期，人社审核通不过。更新证件后就能办。", "Your identity document has expired and the authority would refuse it. Update it first.")
	case out.Insured == "":
		out.Refusal = refuse("social_uninsured", "人社系统里还查不到您的参保。请先让单位参保，或自己到人社窗口参保，登记好了再来办卡。", "The authority knows of no insurance of yours yet. Have your employer or yourself insured first, then ask for the card.")
	case out.Insured != in.City:
		out.Refusal = refuse("social_elsewhere", "人社系统里您在"+out.Insured+"参保，社保卡由参保城市发，"+city.Name+"现在办不了。", "You are insured in "+out.InsuredEN+", and that city issues the card; "+city.NameEN+" can't.")
	case (in.Document == "id_card") != (c.IDKind == "id_card"):
		out.Refusal = refuse("social_document", "您选的证件和银行登记的不一样，人社对不上人。请选您登记的那一种，换了证件请先更新。", "That is not the document we have of you. Choose the one on record, or update it first.")
	case in.Photo == "on_file" && c.IDKind != "id_card":
		out.Refusal = refuse("social_photo", "证件照片库里没有您的照片，请选到网点现拍，不收费。", "There is no photograph of you on file. Please have one taken at the branch; it is free.")
	}
	return out, nil
}

func (b *Bank) socialQuote(ctx context.Context, in SocialApplyIn) (SocialQuote, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return SocialQuote{}, err
	}
	return b.socialJudge(ctx, b.pool, c, in)
}

func (b *Bank) socialApplySubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	q, err := b.socialJudge(ctx, tx, c, SocialApplyIn{City: bound["city"], Document: bound["document"], Photo: bound["photo"]})
	if err != nil || q.Refusal != nil {
		return "", orRefuse(err, q.Refusal)
	}
	return "申领" + q.City + "的社保卡", nil
}

func (b *Bank) socialApply(ctx context.Context, tx pgx.Tx, a act, in SocialApplyIn) (SocialDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return SocialDone{}, orRefuse(err, unknownCustomer())
	}
	q, err := b.socialJudge(ctx, tx, c, in)
	if err != nil || q.Refusal != nil {
		return SocialDone{}, orRefuse(err, q.Refusal)
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"city": in.City, "document": in.Document, "photo": in.Photo}); err != nil {
		return SocialDone{}, err
	}
	return b.socialMake(ctx, tx, a, c, q.City, "apply", 0)
}

// socialMake has a card made.
func (b *Bank) socialMake(ctx context.Context, tx pgx.Tx, a act, c customerRow, name, sort string, fee fen.Fen) (SocialDone, error) {
	number, err := b.number(ctx, tx, "S", a.now)
	if err != nil {
		return SocialDone{}, err
	}
	city, _ := cityOf(name)
	body := socialAsked{City: city.Name, Sort: sort, ReadyOn: readyOn(a.now), Pickup: city.Pickup, Number: number}
	if err := b.addRecord(ctx, tx, a, c.ID, "social_asked", c.ID+"-"+number, "pending", body); err != nil {
		return SocialDone{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: c.ID, Operation: a.operation, Number: number})
	a.tell(Event{
		Kind: EventSMS, Customer: c.ID, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】您%s的社保卡已受理，编号%s，约%s可到%s领，带本人证件。", city.Name, number, body.ReadyOn, city.Pickup),
	})
	return SocialDone{
		Number: number, Time: a.now.Format(time.RFC3339), City: city.Name, CityEN: city.NameEN, ReadyOn: body.ReadyOn, Pickup: city.Pickup, PickupEN: city.PickupEN, Fee: fee.String(),
	}, nil
}

// socialHeld reads a card of the customer's.
func (b *Bank) socialHeld(ctx context.Context, tx pgx.Tx, customer, id string) (record[socialCard], error) {
	r, ok, err := recordOf[socialCard](ctx, b, tx, customer, "social_card", id)
	if err != nil || !ok || r.Status != "active" {
		return r, orRefuse(err, refuse("social_unknown", "没有查到这张社保卡，可能不是我们发的。请看卡背面的银行名。", "That card was not found; another bank may have issued it. See the bank's name on its back."))
	}
	return r, nil
}

func (b *Bank) socialReplaceJudge(ctx context.Context, tx pgx.Tx, customer, id, reason string) (record[socialCard], fen.Fen, error) {
	r, err := b.socialHeld(ctx, tx, customer, id)
	if err != nil {
		return r, 0, err
	}
	_, asked, err := b.socialOf(ctx, tx, customer)
	if err != nil {
		return r, 0, err
	}
	switch {
	case socialPending(asked) != nil:
		return r, 0, socialPending(asked)
	case !slices.Contains([]string{"lost", "damaged", "expired"}, reason):
		return r, 0, refuse("social_reason", "补换社保卡的原因只有丢失、损坏和到期，请重新选。", "A card is replaced when it is lost, broken or expires. Please choose again.")
	case reason == "expired" && daysUntil(r.Value.ExpiresOn, b.now()) > socialRenew:
		return r, 0, refuse("social_early", "这张卡"+r.Value.ExpiresOn+"才到期，到期前半年才能换，现在还能正常用。", "It expires on "+r.Value.ExpiresOn+" and is renewed in the last six months; it works until then.")
	case reason == "expired":
		return r, 0, nil
	}
	return r, socialFee, nil
}

func (b *Bank) socialReplaceSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	r, _, err := b.socialReplaceJudge(ctx, tx, c.ID, bound["card"], bound["reason"])
	if err != nil {
		return "", err
	}
	return "补换" + r.Value.City + "的社保卡", nil
}

// socialReplace has a card made again. Of a lost one our side is shut at once; the
// authority shuts its own.
func (b *Bank) socialReplace(ctx context.Context, tx pgx.Tx, a act, in SocialReplaceIn) (SocialDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return SocialDone{}, orRefuse(err, unknownCustomer())
	}
	r, fee, err := b.socialReplaceJudge(ctx, tx, in.Customer, in.Card, in.Reason)
	if err != nil {
		return SocialDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"card": in.Card, "reason": in.Reason}); err != nil {
		return SocialDone{}, err
	}
	if in.Reason == "lost" {
		v := r.Value
		v.Banking = false
		if err := b.changeRecord(ctx, tx, a, r.ID, r.Status, v); err != nil {
			return SocialDone{}, err
		}
	}
	out, err := b.socialMake(ctx, tx, a, c, r.Value.City, "replace", fee)
	out.Tail = r.Value.Tail
	return out, err
}

func (b *Bank) socialActivateJudge(ctx context.Context, tx pgx.Tx, c customerRow, id string) (record[socialCard], error) {
	r, err := b.socialHeld(ctx, tx, c.ID, id)
	switch {
	case err != nil:
		return r, err
	case !r.Value.Collected:
		return r, refuse("social_collect", "这张卡还没领，领到手才能激活。请本人带证件到网点领。", "It was not collected yet and is activated in your hand. Please collect it with your document.")
	case r.Value.Banking:
		return r, refuse("social_active", "金融功能已经激活了，不用再办。看病买药用不了，是社保功能的事，请打12333。", "The banking side is on already. If it fails at a hospital that is the social side: call 12333.")
	case c.idExpired(b.now()):
		return r, refuse("id_expired", "您留存的身份证件已过有效期，金融功能激活不了。更新证件后就能办。", "Your identity document has expired. Update it first, then activate.")
	}
	return r, nil
}

func (b *Bank) socialActivateSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	r, err := b.socialActivateJudge(ctx, tx, c, bound["card"])
	if err != nil {
		return "", err
	}
	return "激活尾号" + r.Value.Tail + "社保卡的金融功能", nil
}

func (b *Bank) socialActivate(ctx context.Context, tx pgx.Tx, a act, in SocialActivateIn) (SocialDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return SocialDone{}, orRefuse(err, unknownCustomer())
	}
	r, err := b.socialActivateJudge(ctx, tx, c, in.Card)
	if err != nil {
		return SocialDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"card": in.Card}); err != nil {
		return SocialDone{}, err
	}
	number, err := b.number(ctx, tx, "S", a.now)
	if err != nil {
		return SocialDone{}, err
	}
	v := r.Value
	v.Banking = true
	if err := b.changeRecord(ctx, tx, a, r.ID, r.Status, v); err != nil {
		return SocialDone{}, err
	}
	city, _ := cityOf(v.City)
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, AccountTail: v.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s社保卡的金融功能已激活，编号%s。社保功能由人社部门启用。", v.Tail, number),
	})
	return SocialDone{Number: number, Time: a.now.Format(time.RFC3339), City: city.Name, CityEN: city.NameEN, Fee: fen.Fen(0).String(), Tail: v.Tail}, nil
}
