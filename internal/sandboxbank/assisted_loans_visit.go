package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// VisitCheckIn reports what a colleague saw of a business on video.
type VisitCheckIn struct {
	CheckedIn
	What    string `json:"what" enum:"loan,account"`
	Amount  string `json:"amount" maxLength:"16" doc:"0.00 where an account is opened"`
	Company string `json:"company" maxLength:"40"`
	Place   string `json:"place" maxLength:"60" doc:"Where the pictures were taken"`
	Seen    string `json:"seen" enum:"film,stills"`
}

// VisitCheckDone is a report that is in.
type VisitCheckDone struct {
	Done
	On string `json:"on" doc:"When the customer hears of it"`
}

// visitCheck is a report as kept.
type visitCheck struct {
	What    string `json:"what"`
	Amount  string `json:"amount"`
	Company string `json:"company"`
	Place   string `json:"place"`
	Seen    string `json:"seen"`
}

func (b *Bank) assistedVisitRoutes(api huma.API) {
	change(b, api, business{
		operation: "bank.business_check", summary: "Report a look at a business on video", level: "L4", bound: []string{"what", "amount", "company", "place", "review"},
		subject: func(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
			return "提交" + bound["company"] + "的视频尽调", nil
		},
	}, b.businessCheck)
}

// businessCheck keeps a report; a business has one that is open at a time.
func (b *Bank) businessCheck(ctx context.Context, tx pgx.Tx, a act, in VisitCheckIn) (VisitCheckDone, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return VisitCheckDone{}, err
	}
	rows, err := recordsOf[visitCheck](ctx, b, tx, in.Customer, "business_check")
	if err != nil {
		return VisitCheckDone{}, err
	}
	for _, r := range rows {
		if r.Status == "open" && r.Value.What == in.What {
			return VisitCheckDone{}, refuse("check_open", "上一次视频尽调还在审，有结果会通知您，不用重复做。", "An earlier report is still being reviewed; you will hear of it.")
		}
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, false, map[string]string{"what": in.What, "amount": in.Amount, "company": in.Company, "place": in.Place}); err != nil {
		return VisitCheckDone{}, err
	}
	number, err := b.number(ctx, tx, "V", a.now)
	if err != nil {
		return VisitCheckDone{}, err
	}
	kept := visitCheck{What: in.What, Amount: in.Amount, Company: in.Company, Place: in.Place, Seen: in.Seen}
	if err := b.addRecord(ctx, tx, a, in.Customer, "business_check", "check-"+number, "open", kept); err != nil {
		return VisitCheckDone{}, err
	}
	on := a.now.AddDate(0, 0, 3)
	for dayOff(on) {
		on = on.AddDate(0, 0, 1)
	}
	b.told(a, customer, number, "", fmt.Sprintf("%s的视频尽调已提交，编号%s，%s前答复您。", in.Company, number, on.Format("1月2日")))
	return VisitCheckDone{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: in.Company, NameEN: in.Company}, On: on.Format(time.DateOnly)}, nil
}
