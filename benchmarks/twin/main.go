// What a Go program costs that does what chartgen verify does with each document: Helm's engine and
// kubeconform, linked in, the chart loaded once, documents shared out to as many goroutines as are asked for.
//
//	twin CHART VALUES.jsonl SCHEMA-LOCATION KUBERNETES GOROUTINES
//
// Documents are values that the chart's schema accepts, one in each line; Helm would compile the schema again
// for each, so that is left out, to the advantage of this program.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/yannh/kubeconform/pkg/validator"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
)

// Of the Helm that is linked in; the build says it.
var version = "unknown"

// Counts is what the program prints: the same work gives the same counts.
type Counts struct {
	Documents int `json:"documents"`
	Refused   int `json:"refused"`
	Objects   int `json:"objects"`
	Invalid   int `json:"invalid"`
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println(version)
		return
	}
	if len(os.Args) != 6 {
		fail(fmt.Errorf("usage: twin CHART VALUES.jsonl SCHEMA-LOCATION KUBERNETES GOROUTINES"))
	}
	loaded, err := loader.Load(os.Args[1])
	fail(err)
	documents, err := read(os.Args[2])
	fail(err)
	judge, err := validator.New([]string{os.Args[3]}, validator.Opts{
		KubernetesVersion: os.Args[4], Strict: true, IgnoreMissingSchemas: true,
	})
	fail(err)
	count, err := strconv.Atoi(os.Args[5])
	fail(err)
	fail(json.NewEncoder(os.Stdout).Encode(all(loaded, documents, judge, count)))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(file string) ([]string, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	lines := bufio.NewScanner(opened)
	lines.Buffer(nil, 16<<20)
	var found []string
	for lines.Scan() {
		found = append(found, lines.Text())
	}
	return found, lines.Err()
}

func all(loaded *chart.Chart, documents []string, judge validator.Validator, count int) Counts {
	waiting, each := make(chan string), make([]Counts, count)
	var running sync.WaitGroup
	for n := range each {
		running.Add(1)
		go func() {
			defer running.Done()
			for document := range waiting {
				fail(one(loaded, document, judge, &each[n]))
			}
		}()
	}
	for _, document := range documents {
		waiting <- document
	}
	close(waiting)
	running.Wait()
	var sum Counts
	for _, part := range each {
		sum.Documents += part.Documents
		sum.Refused += part.Refused
		sum.Objects += part.Objects
		sum.Invalid += part.Invalid
	}
	return sum
}

func one(loaded *chart.Chart, document string, judge validator.Validator, counts *Counts) error {
	var values map[string]any
	if err := json.Unmarshal([]byte(document), &values); err != nil {
		return err
	}
	counts.Documents++
	name := loaded.Name()
	options := common.ReleaseOptions{Name: name, Namespace: name, Revision: 1, IsInstall: true}
	given, err := util.ToRenderValuesWithSchemaValidation(loaded, values, options, nil, true)
	if err != nil {
		return err
	}
	texts, err := engine.Render(loaded, given)
	if err != nil {
		counts.Refused++
		return nil
	}
	for file, text := range texts {
		if path.Base(file) == "NOTES.txt" || strings.TrimSpace(text) == "" {
			continue
		}
		for _, result := range judge.Validate(file, io.NopCloser(strings.NewReader(text))) {
			switch result.Status {
			case validator.Valid, validator.Skipped:
				counts.Objects++
			case validator.Invalid, validator.Error:
				counts.Objects++
				counts.Invalid++
			}
		}
	}
	return nil
}
