package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/intents"
)

func TestPrintEval(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := intents.Report{
		Train: 10, Test: 4, Intents: 2, Accuracy: 0.75, OOS: &intents.OOSReport{Lines: 3, Rejected: 1},
		Worst: []intents.IntentReport{{Intent: "transfer", Lines: 2, Precision: 0.5, Mistaken: "balance"}},
	}
	if err := printEval(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"accuracy", "75.0 %", "out of scope", "transfer", "balance"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "{") {
		t.Errorf("a Go value is printed:\n%s", out.String())
	}
	if err := emptyFile("train.tsv"); !strings.Contains(err.Error(), "train.tsv") {
		t.Errorf("%v does not name the file", err)
	}
}
