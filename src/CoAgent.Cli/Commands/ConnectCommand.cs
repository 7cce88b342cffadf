using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent connect</c>: the stdio server that clients start.</summary>
internal static class ConnectCommand
{
    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<string?> Config = CommonOptions.Config();
    private static readonly Option<string?> Agent = CommonOptions.Agent();
    private static readonly Option<long?> Rank = CommonOptions.Rank();
    private static readonly Option<string[]> Server = new("--server")
    {
        Description = "Only this server of the configuration (may be given again). Default: all.",
        HelpName = "NAME",
    };

    /// <summary>What the command was asked.</summary>
    internal sealed record Arguments(string? Workspace, string? Config, string? Agent, long? Rank, ImmutableArray<string> Servers);

    public static Command Create()
    {
        var command = new Command("connect", "Speak MCP on stdin and stdout: a bridge to the workspace's daemon, which it starts when none runs.")
        {
            Workspace, Config, Agent, Rank, Server,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new Arguments(
                parsed.GetValue(Workspace), parsed.GetValue(Config), parsed.GetValue(Agent), parsed.GetValue(Rank),
                [.. parsed.GetValue(Server) ?? []]),
            cancellationToken));
        return command;
    }

    /// <summary>Reads a command line that has nothing but known options with values; null for anything else, which the full parser takes.</summary>
    public static Arguments? TryReadPlain(ReadOnlySpan<string> args)
    {
        var read = new Arguments(Workspace: null, Config: null, Agent: null, Rank: null, Servers: []);
        for (var index = 0; index < args.Length; index += 2)
        {
            if (index + 1 == args.Length || args[index + 1].StartsWith('-'))
            {
                return null;
            }

            var value = args[index + 1];
            switch (args[index])
            {
                case "--workspace":
                    read = read with { Workspace = value };
                    break;
                case "--config":
                    read = read with { Config = value };
                    break;
                case "--agent":
                    read = read with { Agent = value };
                    break;
                case "--server":
                    read = read with { Servers = read.Servers.Add(value) };
                    break;
                case "--rank" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rank):
                    read = read with { Rank = rank };
                    break;
                default:
                    return null;
            }
        }

        return read;
    }

    public static Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        WorkspaceFolder workspace = CommonOptions.Find(arguments.Workspace, arguments.Config);
        var hello = BridgeIdentity.Hello(arguments.Agent, arguments.Rank) with { Servers = arguments.Servers };
        return BridgeRunner.RunAsync(workspace, arguments.Config, hello, cancellationToken);
    }
}
