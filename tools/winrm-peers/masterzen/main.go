// Runs one command over WinRM by masterzen/winrm. A task comes as JSON on standard input; the outcome goes as JSON to standard output.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"
)

type task struct {
	Host         string
	Port         int
	HTTPS        bool
	CAFile       string
	CertFile     string
	KeyFile      string
	Login        string
	UserName     string
	Password     string
	Command      string
	IsPowerShell bool
	// Seconds that one Receive waits.
	OperationTimeout int
	// Absent: the command's standard input is left alone.
	Input *string
}

type outcome struct {
	Stdout   string `json:"stdout"`
	Stderr   string `json:"stderr"`
	ExitCode int    `json:"exitCode"`
	Error    string `json:"error,omitempty"`
}

func main() {
	var given task
	result := outcome{}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		result.Error = err.Error()
	} else if result, err = run(given); err != nil {
		result.Error = err.Error()
	}
	json.NewEncoder(os.Stdout).Encode(result)
}

func run(given task) (outcome, error) {
	authority, err := contents(given.CAFile)
	if err != nil {
		return outcome{}, err
	}
	certificate, err := contents(given.CertFile)
	if err != nil {
		return outcome{}, err
	}
	key, err := contents(given.KeyFile)
	if err != nil {
		return outcome{}, err
	}
	endpoint := winrm.NewEndpoint(given.Host, given.Port, given.HTTPS, false, authority, certificate, key, time.Minute)
	parameters := *winrm.DefaultParameters
	parameters.Timeout = fmt.Sprintf("PT%dS", given.OperationTimeout)
	switch given.Login {
	case "ntlm":
		if given.HTTPS {
			parameters.TransportDecorator = func() winrm.Transporter { return &winrm.ClientNTLM{} }
			break
		}
		sealing, err := winrm.NewEncryption("ntlm")
		if err != nil {
			return outcome{}, err
		}
		parameters.TransportDecorator = func() winrm.Transporter { return onNewConnections{sealing} }
	case "certificate":
		parameters.TransportDecorator = func() winrm.Transporter { return &winrm.ClientAuthRequest{} }
	}
	client, err := winrm.NewClientWithParameters(endpoint, given.UserName, given.Password, &parameters)
	if err != nil {
		return outcome{}, err
	}
	command := given.Command
	if given.IsPowerShell {
		command = winrm.Powershell(command)
	}
	var stdout, stderr bytes.Buffer
	var exitCode int
	if given.Input == nil {
		exitCode, err = client.RunWithContext(context.Background(), command, &stdout, &stderr)
	} else {
		exitCode, err = client.RunWithContextWithInput(context.Background(), command, &stdout, &stderr, strings.NewReader(*given.Input))
	}
	return outcome{Stdout: stdout.String(), Stderr: stderr.String(), ExitCode: exitCode}, err
}

// onNewConnections keeps the library from logging in for each request on a connection that is logged in: nobody asks it to there.
type onNewConnections struct{ *winrm.Encryption }

func (sealing onNewConnections) Post(client *winrm.Client, message *soap.SoapMessage) (string, error) {
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	return sealing.Encryption.Post(client, message)
}

func contents(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	return os.ReadFile(file)
}
