package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// farmMost is the most a farmer's loan may be.
const farmMost = fen.Fen(300_000_00)

// FarmLoanIn asks for a farmer's loan, after a talk and a check.
type FarmLoanIn struct {
	CheckedIn
	Crop    string `json:"crop" maxLength:"30"`
	Area    string `json:"area" maxLength:"20" doc:"As said: 四十亩, 二十头"`
	Amount  string `json:"amount" maxLength:"16"`
	Purpose string `json:"purpose" enum:"seed,machine,shed,feed"`
	Helped  string `json:"helped" enum:"self,village"`
}

// FarmLoanDone is an application that is in.
type FarmLoanDone struct {
	Done
	Amount string `json:"amount"`
}

// farmLoan is an application as kept.
type farmLoan struct {
	Crop    string `json:"crop"`
	Area    string `json:"area"`
	Amount  string `json:"amount"`
	Purpose string `json:"purpose"`
	Helped  string `json:"helped"`
}

func (b *Bank) assistedFarmRoutes(api huma.API) {
	change(b, api, business{
		operation: "bank.farm_loan", summary: "Ask for a farmer's loan", level: "L4", bound: []string{"crop", "area", "amount", "purpose", "review"},
		subject: func(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
			return "申请农户贷款" + bound["amount"] + "元", nil
		},
	}, b.farmLoan)
}

// farmLoan keeps an application; a customer has one at a time, and none beside a
// loan in arrears.
func (b *Bank) farmLoan(ctx context.Context, tx pgx.Tx, a act, in FarmLoanIn) (FarmLoanDone, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return FarmLoanDone{}, err
	}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return FarmLoanDone{}, err
	}
	if amount > farmMost {
		return FarmLoanDone{}, refuse("too_much", fmt.Sprintf("农户贷款最多%s元，可以少申请一点。", farmMost), fmt.Sprintf("A farmer's loan is CNY %s at most; please ask for less.", farmMost))
	}
	loans, err := b.loansOf(ctx, tx, in.Customer)
	if err != nil {
		return FarmLoanDone{}, err
	}
	for _, l := range loans {
		if no := l.Value.arrears(); no != nil && l.Status == "active" {
			return FarmLoanDone{}, no
		}
	}
	rows, err := recordsOf[farmLoan](ctx, b, tx, in.Customer, "farm_loan")
	if err != nil {
		return FarmLoanDone{}, err
	}
	for _, r := range rows {
		if r.Status == "open" {
			return FarmLoanDone{}, refuse("farm_open", "您已经有一份农户贷款申请在审，有结果会通知您。", "An application of yours is being reviewed already.")
		}
	}
	if err := b.checked(ctx, tx, a, in.CheckedIn, false, map[string]string{"crop": in.Crop, "area": in.Area, "amount": amount.String(), "purpose": in.Purpose}); err != nil {
		return FarmLoanDone{}, err
	}
	number, err := b.number(ctx, tx, "N", a.now)
	if err != nil {
		return FarmLoanDone{}, err
	}
	kept := farmLoan{Crop: in.Crop, Area: in.Area, Amount: amount.String(), Purpose: in.Purpose, Helped: in.Helped}
	if err := b.addRecord(ctx, tx, a, in.Customer, "farm_loan", "farm-"+number, "open", kept); err != nil {
		return FarmLoanDone{}, err
	}
	b.told(a, customer, number, "", fmt.Sprintf("您申请农户贷款%s元，编号%s，结果以审核为准。非本人操作请速联系我行。", amount, number))
	return FarmLoanDone{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: "农户贷款", NameEN: "Farmer's loan"}, Amount: amount.String()}, nil
}
