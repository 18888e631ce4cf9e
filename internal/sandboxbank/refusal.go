package sandboxbank

import (
	"fmt"
	"net/http"
	"reflect"
	"time"
)

// Refusal is the core's no: a code for programs and a sentence for people. It is
// an answer, not a fault; over HTTP it is status 422.
type Refusal struct {
	Code      string `json:"code" doc:"Why, for programs: insufficient_balance, daily_limit, wrong_code …"`
	Text      string `json:"text" doc:"Why and what next, in Chinese"`
	TextEN    string `json:"text_en" doc:"The same in English"`
	TriesLeft *int   `json:"tries_left,omitempty" doc:"wrong_code only: how many tries are left"`
	Until     string `json:"until,omitempty" doc:"too_many_tries: until when no step-up of the operation is begun; risk_hold: until when the money is held; RFC 3339"`
}

// Error makes a Refusal an error of huma's handlers.
func (r *Refusal) Error() string { return "refused: " + r.Code }

// GetStatus is the HTTP status that huma answers with.
func (r *Refusal) GetStatus() int { return http.StatusUnprocessableEntity }

func refuse(code, text, textEN string) *Refusal {
	return &Refusal{Code: code, Text: text, TextEN: textEN}
}

func unknownCustomer() *Refusal {
	return refuse("customer_unknown", "没有查到这位客户。", "No such customer.")
}

func unknownAccount() *Refusal {
	return refuse("account_unknown", "没有查到这个账户，请重新选择。", "That account was not found. Please choose again.")
}

func unknownPayee() *Refusal {
	return refuse("payee_unknown", "没有查到这位收款人，请先添加收款人。", "That payee was not found. Please add the payee first.")
}

func unknownCard() *Refusal {
	return refuse("card_unknown", "没有查到这张卡，请重新选择。", "That card was not found. Please choose again.")
}

func wrongCode(left int) *Refusal {
	r := refuse("wrong_code", fmt.Sprintf("验证信息不正确，还可以再试%d次。", left), fmt.Sprintf("That code is not right. Tries left: %d.", left))
	r.TriesLeft = &left
	return r
}

// tooManyTries says that an operation is shut, until when, and what leads on.
func tooManyTries(until time.Time) *Refusal {
	at := until.Format("1月2日15:04")
	r := refuse("too_many_tries", "验证信息连续输错三次，这项业务锁到"+at+"，没有做任何改动。急用请人工核实身份。",
		"Three wrong tries. This is locked until "+until.Format("15:04 on 2 January")+" and nothing has been changed. A person can verify you sooner.")
	r.Until = until.Format(time.RFC3339)
	return r
}

func levelTooLow() *Refusal {
	return refuse("level_too_low", "这笔业务需要更高的身份验证，请重新验证。", "This needs a higher identity level. Please verify again.")
}

func codeExpired() *Refusal {
	return refuse("code_expired", "验证已过期，请重新获取验证码。", "The verification has expired. Please ask for a new code.")
}

func refusalType() reflect.Type { return reflect.TypeFor[Refusal]() }
