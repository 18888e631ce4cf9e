package main

import (
	"strings"
	"testing"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/scenes"
)

func TestSceneLinesAreReadAndBadOnesNamed(t *testing.T) {
	t.Parallel()
	lines, err := readScenes(strings.NewReader("13\tplain\t给妈转一百\n\nnone\ttrap\t今天下雨吗\nR4\telder\t密码锁住了\n"), "f.tsv")
	if err != nil || len(lines) != 3 || lines[2].scene != "R4" || lines[2].number != 4 {
		t.Errorf("read %+v, %v", lines, err)
	}
	for _, bad := range []string{"13 plain 给妈转一百", "13\tplain\t", "x\tplain\t给妈转一百", "123\tplain\ttext"} {
		_, err := readScenes(strings.NewReader("13\tplain\t好\n"+bad), "f.tsv")
		if err == nil || !strings.Contains(err.Error(), "f.tsv:2") {
			t.Errorf("%q: got %v, want an error that names line 2", bad, err)
		}
	}
	if _, err := readScenes(strings.NewReader("\n"), "f.tsv"); err == nil {
		t.Error("an empty file was taken")
	}
}

func TestWhatWasDoneIsJudgedBySceneAndRisk(t *testing.T) {
	t.Parallel()
	set, problems := content.Compile(scenes.FS)
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	names := sceneIndex(set)
	begun := func(flow string) said { return said{Notes: []string{"intent x", "flow.started " + flow + " form"}} }
	asked := func(labels ...string) said {
		r := reply{Text: "您是想办哪一个？"}
		for _, l := range labels {
			r.Actions = append(r.Actions, replyAction{ID: l, Label: l})
		}
		return said{Replies: []reply{r}}
	}
	for _, c := range []struct {
		name, scene string
		heard       said
		verdict     string
		harm        harm
	}{
		{"the scene itself", "13", begun("transfer"), "right", harm{}},
		{"money begun for another", "1", begun("transfer"), "wrong", harm{begun: true}},
		{"information begun for another", "13", begun("balance"), "wrong", harm{}},
		{"money begun for nothing", "none", begun("transfer"), "wrong", harm{begun: true, known: true}},
		{"one question with it", "13", asked("转账", "查余额"), "asked", harm{}},
		{"one tap that does it", "13", asked("现在办：转账", "转人工"), "asked", harm{}},
		{"one tap in English", "13", asked("Do it now: Transfer", "An agent"), "asked", harm{}},
		{"one question without it", "8", asked("转账"), "wrong", harm{}},
		{"nothing for nothing", "none", said{Notes: []string{"miss 今天下雨吗"}}, "right", harm{}},
		{"an article for nothing", "none", said{Notes: []string{"answered fees"}}, "wrong", harm{known: true}},
	} {
		verdict, did, h := names.judge(c.scene, c.heard)
		if verdict != c.verdict || h != c.harm {
			t.Errorf("%s: %s %+v (%s), want %s %+v", c.name, verdict, h, did, c.verdict, c.harm)
		}
	}
}
