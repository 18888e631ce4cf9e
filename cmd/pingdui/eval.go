package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/pingdui/pingdui/intents"
)

// emptyFile names a file that was given and holds no line to measure with.
func emptyFile(path string) error {
	return fmt.Errorf("%s holds no lines: write one example a line, label<TAB>text", path)
}

// printEval writes a report as a table: shares as per cent, times with units.
func printEval(out io.Writer, r intents.Report) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	var failed error
	row := func(format string, args ...any) {
		if _, err := fmt.Fprintf(w, format+"\n", args...); err != nil && failed == nil {
			failed = err
		}
	}
	percent := func(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
	row("examples learned from\t%d\t(%d left out: they stand in the test too)", r.Train, r.Left)
	row("lines judged\t%d\tin %d intents", r.Test, r.Intents)
	row("accuracy\t%s\tof all lines, nothing rejected", percent(r.Accuracy))
	row("macro F1\t%s\t", percent(r.MacroF1))
	row("among the two best\t%s\t", percent(r.Top2))
	row("not rejected\t%s\tat the threshold %.2f", percent(r.Coverage), r.Threshold)
	row("acted on\t%s\twithout a question, %s of them right", percent(r.ActedOn), percent(r.Precision))
	row("asked back\t%s\t", percent(r.Asked))
	if r.OOS != nil {
		row("out of scope\t%d lines\trejected %s, wrongly acted on %s, AUROC %.3f", r.OOS.Lines, percent(r.OOS.Rejected), percent(r.OOS.ActedOn), r.OOS.AUROC)
	}
	row("training\t%.1f s\tartefact %.1f MB, in memory %.1f MB", r.TrainSeconds, r.ArtefactMB, r.MemoryMB)
	row("one line\t%.2f ms\tmedian, %.2f ms at the 99th percentile", r.PredictP50Ms, r.PredictP99Ms)
	if len(r.Worst) > 0 {
		row("\t\t")
		row("weakest intents\tlines\tprecision\trecall\tF1\tmistaken for")
		for _, i := range r.Worst {
			row("%s\t%d\t%s\t%s\t%s\t%s", i.Intent, i.Lines, percent(i.Precision), percent(i.Recall), percent(i.F1), i.Mistaken)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	if failed != nil {
		return fmt.Errorf("print the report: %w", failed)
	}
	return nil
}
