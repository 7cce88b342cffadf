using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using CoAgent.Cli.Growing;
using CoAgent.Proxy;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Workspaces;
using CoAgent.ToolSmith.Rules;
using Microsoft.Extensions.Logging;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent serve</c>: the daemon.</summary>
internal static class ServeCommand
{
    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<string?> Config = CommonOptions.Config();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<string?> Listen = new("--listen") { Description = "The IP address to listen on. Default: 127.0.0.1.", HelpName = "ADDRESS" };
    private static readonly Option<int?> Port = new("--port") { Description = "The TCP port. Default: any that is free.", HelpName = "PORT" };
    private static readonly Option<bool> NoToken = new("--no-token") { Description = "Let any program of this machine in without a token. Only with a loopback address." };
    private static readonly Option<TimeSpan?> IdleExit = new("--idle-exit") { Description = "End after this long without a client (hh:mm:ss). Default: stay.", HelpName = "TIME" };
    private static readonly Option<bool> Quiet = new("--quiet") { Description = "Do not print the URL and the client entries (which hold the token)." };
    private static readonly Option<LogLevel> Log = new("--log") { Description = "How much to log to stderr.", DefaultValueFactory = static _ => LogLevel.Information };

    public static Command Create()
    {
        var command = new Command("serve", "Run the daemon of a workspace: prints its URL and an entry for MCP clients.")
        {
            Workspace, Config, Listen, Port, NoToken, IdleExit, Quiet, Log, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        RuntimeTuning.Apply();
        var workspace = CommonOptions.Find(parsed.GetValue(Workspace), parsed.GetValue(Config));
        var (configuration, isFile) = LoadConfiguration(workspace, parsed.GetValue(Config));
        using var loggers = StderrLogging.Create(parsed.GetValue(Log));
        await using var smith = Growth.Begin(workspace, configuration, loggers);
        var options = new DaemonOptions(workspace, configuration)
        {
            Smith = smith,
            FollowsFile = isFile,
            Listen = ParseAddress(parsed.GetValue(Listen)),
            Port = parsed.GetValue(Port),
            RequiresToken = !parsed.GetValue(NoToken),
            IdleExit = parsed.GetValue(IdleExit),
        };
        using var builtins = new BuiltinServers(TimeProvider.System, loggers, new CommandAnalyst());
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = OnSignal(PosixSignal.SIGINT, stopped);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stopped);
        using var hangUp = OnSignal(PosixSignal.SIGHUP, stopped);
        await using var daemon = await Daemon.StartAsync(options, builtins, builtins.States, TimeProvider.System, loggers, cancellationToken);
        if (!parsed.GetValue(Quiet))
        {
            Announce(daemon, workspace, options.RequiresToken, parsed.GetValue(Json));
        }

        await await Task.WhenAny(stopped.Task, daemon.Completion);
        return 0;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, TaskCompletionSource stopped) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // an orderly end instead of the signal's own
            stopped.TrySetResult();
        });

    private static (ProxyConfiguration Configuration, bool IsFile) LoadConfiguration(WorkspaceFolder workspace, string? chosen)
    {
        var configuration = ChosenConfiguration.Load(workspace, chosen);
        switch (configuration.Result)
        {
            case LoadResult.Loaded loaded:
                foreach (var warning in loaded.Warnings)
                {
                    Console.Error.WriteLine($"warning: {warning}");
                }

                return (loaded.Configuration, configuration.IsFile);
            case LoadResult.Faulty faulty:
                throw new CommandException(
                    $"the configuration has {faulty.Faults.Length} fault(s):\n{string.Join('\n', faulty.Faults.Select(static fault => $"  {fault}"))}");
            default:
                throw new InvalidOperationException("A configuration is loaded or faulty.");
        }
    }

    private static IPAddress? ParseAddress(string? text) => text switch
    {
        null => null,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.TryParse(text, out var address)
            ? address
            : throw new CommandException($"--listen takes an IP address, not '{text}'."),
    };

    private static void Announce(Daemon daemon, WorkspaceFolder workspace, bool requiresToken, bool json)
    {
        var token = requiresToken ? TokenFile.Read(workspace.TokenFile) : null;
        var entries = new ClientEntries(daemon.Url, workspace, token);
        Console.Out.WriteLine(json ? entries.ToJson() : entries.ToText());
        Console.Out.Flush();
    }
}
