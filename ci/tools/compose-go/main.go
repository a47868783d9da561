// compose-go says what the Compose Specification's own Go library makes of compose files, as JSON:
//
//	compose-go PROFILE,PROFILE NAME=VALUE;NAME=VALUE FILE...
//
// The tests hold chartgen's reading of the same files against it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

var version = "unknown"

func main() {
	if len(os.Args) < 4 {
		fmt.Println(version)
		return
	}
	project, err := load(strings.Split(os.Args[1], ","), strings.Split(os.Args[2], ";"), os.Args[3:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(project)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func load(profiles, variables, files []string) (*types.Project, error) {
	options, err := cli.NewProjectOptions(files,
		cli.WithEnv(variables), cli.WithEnvFiles(), cli.WithDotEnv, cli.WithProfiles(profiles),
		cli.WithResolvedPaths(false), cli.WithName("project"))
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	return project.WithServicesEnvironmentResolved(true)
}
