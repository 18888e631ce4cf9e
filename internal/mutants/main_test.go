package main

import "testing"

// Every defect still fits its file: a list that has gone stale tests nothing.
func TestEveryDefectFits(t *testing.T) {
	t.Chdir("../..")
	all, err := read()
	if err != nil {
		t.Error(err)
	}
	if len(all) < 60 {
		t.Errorf("%d defects, at least 60 are wanted", len(all))
	}
}
