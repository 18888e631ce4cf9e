package sandboxbank

import (
	"context"
	"slices"
	"time"
)

// Restriction is one reason why an account can't be used as usual. Of an order
// of an authority only what the bank may say is said.
type Restriction struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	Tail   string `json:"tail" doc:"Empty: it is about the customer, not one account"`
	Code   string `json:"code" enum:"restricted,frozen,dormant,card_lost,card_locked,id_expired,partly_frozen"`
	What   string `json:"what"`
	WhatEN string `json:"what_en"`
	Why    string `json:"why"`
	WhyEN  string `json:"why_en"`
	Can    string `json:"can" doc:"What still works"`
	CanEN  string `json:"can_en"`
	Way    string `json:"way" doc:"What to do"`
	WayEN  string `json:"way_en"`
	Amount string `json:"amount,omitempty" doc:"partly_frozen: how much"`
}

// Restrictions is every reason there is, the hardest first, and the last refused
// transfer of these days.
type Restrictions struct {
	Restrictions []Restriction `json:"restrictions" nullable:"false"`
	Failed       *Fact         `json:"failed" doc:"The last transfer the bank refused within three days; null when there is none"`
}

func (b *Bank) accountsRestrictions(ctx context.Context, in CustomerIn) (Restrictions, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return Restrictions{}, err
	}
	accounts, err := many[accountRow](ctx, b, b.pool, "AccountsOf", in.Customer)
	if err != nil {
		return Restrictions{}, err
	}
	cards, err := many[cardRow](ctx, b, b.pool, "CardsOf", in.Customer)
	if err != nil {
		return Restrictions{}, err
	}
	now := b.now()
	out := Restrictions{Restrictions: []Restriction{}}
	for _, a := range accounts {
		out.Restrictions = append(out.Restrictions, restrictionOf(a)...)
	}
	if c.idExpired(now) {
		out.Restrictions = append(out.Restrictions, Restriction{
			ID: in.Customer + "-id", Name: "身份证件", NameEN: "Identity document", Code: "id_expired", What: "您留存的身份证件过期了，转账和取现被暂停",
			WhatEN: "The identity document we hold has expired, so transfers and withdrawals are paused", Why: "有效期到" + date(c.IDExpiresOn), WhyEN: "Valid until " + date(c.IDExpiresOn),
			Can: "收钱和查询不受影响", CanEN: "Money still comes in and you can look things up", Way: "和同事视频更新证件，核对完当天恢复", WayEN: "Update it with a colleague on video; it works again the same day",
		})
	}
	for _, k := range cards {
		out.Restrictions = append(out.Restrictions, cardRestriction(k, b.cfg.Zone)...)
	}
	rank := []string{"frozen", "restricted", "id_expired", "dormant", "card_lost", "card_locked", "partly_frozen"}
	slices.SortStableFunc(out.Restrictions, func(x, y Restriction) int { return slices.Index(rank, x.Code) - slices.Index(rank, y.Code) })
	failed, err := b.failedFact(ctx, in.Customer, now)
	if err != nil {
		return Restrictions{}, err
	}
	if len(failed) > 0 {
		out.Failed = &failed[0]
	}
	return out, nil
}

func restrictionOf(a accountRow) []Restriction {
	r := Restriction{ID: a.ID, Name: a.Name, NameEN: a.NameEN, Tail: a.Tail, Code: a.Status}
	switch {
	case a.Status == "frozen":
		r.What, r.WhatEN = "被依法冻结，只进不出", "frozen by order of an authority: money comes in, none goes out"
		r.Why, r.WhyEN = "有权机关依法要求，本行只能告诉您这些，案情和期限要问该机关", "An authority ordered it. That is all we may say; it alone can tell you of the case and the term"
		r.Can, r.CanEN = "可以收钱、查余额", "It can receive money and show its balance"
		r.Way, r.WayEN = "本行不能自行解冻，同事可以把该机关的联系办法告诉您", "The bank can't lift it; a colleague can tell you how to reach the authority"
	case a.Status == "restricted":
		r.What, r.WhatEN = "被限制非柜面交易，手机和机器上转不出钱", "limited to the counter: nothing goes out by app or machine"
		r.Why, r.WhyEN = a.StatusReason, "Several large sums went in and out within a short time"
		r.Can, r.CanEN = "可以收钱、还贷款，也可以带身份证到柜台取", "It can receive money, pay loans, and pay out at the counter with your ID"
		r.Way, r.WayEN = "和同事视频说明用途、提交证明，由专员复核；不通过会说明理由和申诉办法", "Explain it to a colleague on video with papers; a refusal comes with the reason and the way to appeal"
	case a.Status == "dormant":
		r.What, r.WhatEN = "长期没有使用，已转为睡眠户", "unused for long and put to sleep"
		r.Why, r.WhyEN = a.StatusReason, "No transaction of your own for years"
		r.Can, r.CanEN = "里面的钱不会少，照常计息", "The money in it is safe and earns interest"
		r.Way, r.WayEN = "和同事视频核实身份后激活", "A colleague verifies you on video and wakes it"
	case a.FrozenFen > 0:
		r.Code, r.Amount = "partly_frozen", a.FrozenFen.String()
		r.What, r.WhatEN = "有"+a.FrozenFen.Yuan()+"暂时不能用", "CNY "+a.FrozenFen.String()+" of it is held"
		r.Why, r.WhyEN = "多为预授权或在途款项，商户结清或撤销后自动放开", "Mostly a hold of a merchant; it ends when the merchant settles or cancels"
		r.Can, r.CanEN = "其余的钱照常用", "The rest can be used as usual"
		r.Way, r.WayEN = "超过三十天还没放开，请找同事核实", "If it is still held after thirty days, ask a colleague"
	default:
		return nil
	}
	return []Restriction{r}
}

func cardRestriction(k cardRow, zone *time.Location) []Restriction {
	r := Restriction{ID: k.ID, Name: k.Name, NameEN: k.NameEN, Tail: k.Tail}
	switch k.Status {
	case "lost", "captured":
		r.Code, r.What, r.WhatEN = "card_lost", "已经挂失，刷卡、取钱和转出都停了", "reported lost: no payment, withdrawal or transfer"
		r.Why, r.WhyEN = "您办过挂失", "You reported it"
		if k.LossUntil != nil {
			at := k.LossUntil.In(zone)
			r.Why, r.WhyEN = "您办过口头挂失，有效到"+at.Format("1月2日"), "You reported it by word of mouth, valid until "+at.Format("2 Jan")
		}
		r.Can, r.CanEN = "账户里的钱还在，照常收钱", "The money is there and more can come in"
		r.Way, r.WayEN = "可以补一张新卡；卡找到了就和同事视频解除挂失", "Order a new card, or, if it turned up, have it released on video"
	case "locked":
		r.Code, r.What, r.WhatEN = "card_locked", "密码输错次数多，被锁住了", "locked after wrong PINs"
		r.Why, r.WhyEN = "为防别人试密码", "So that nobody can guess the PIN"
		r.Can, r.CanEN = "收钱和手机银行不受影响", "Money comes in and the app works"
		r.Way, r.WayEN = "重置取款密码就解开", "Resetting the PIN unlocks it"
	default:
		return nil
	}
	return []Restriction{r}
}
