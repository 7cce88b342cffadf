using System.Collections.Immutable;
using System.CommandLine;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Ingress;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent wrap</c>: stands in front of one server that a client's own configuration starts.</summary>
internal static class WrapCommand
{
    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<string?> Agent = CommonOptions.Agent();
    private static readonly Option<long?> Rank = CommonOptions.Rank();
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "The server's name in the workspace. Default: the command's own.",
        HelpName = "NAME",
    };

    private static readonly Argument<string[]> CommandLine = new("command")
    {
        Description = "The server's command and its arguments, after --.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Command Create()
    {
        var command = new Command("wrap", "Put CoAgent in front of one server: write \"coagent wrap --name NAME --\" before its command in a client's configuration.")
        {
            Name, Workspace, Agent, Rank, CommandLine,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var line = parsed.GetValue(CommandLine)!;
        var wrapped = new WrappedServer(
            parsed.GetValue(Name) ?? Path.GetFileNameWithoutExtension(line[0]),
            line[0],
            [.. line[1..]],
            Environment.CurrentDirectory,
            ProcessEnvironment.Read().ToImmutableSortedDictionary(StringComparer.Ordinal));
        var hello = BridgeIdentity.Hello(parsed.GetValue(Agent), parsed.GetValue(Rank)) with { Wrap = wrapped };
        return BridgeRunner.RunAsync(CommonOptions.Find(parsed.GetValue(Workspace), config: null), config: null, hello, cancellationToken);
    }
}
