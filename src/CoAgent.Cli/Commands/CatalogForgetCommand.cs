using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using CoAgent.Cli.Catalog;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog forget TOOL…</c>: manifests are no longer gone by.</summary>
internal static class CatalogForgetCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string[]> Names = new("tools")
    {
        Description = "The tools (profile/tool).",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Command Create()
    {
        var command = new Command(
            "forget",
            "Go by a manifest no longer: the workspace's is removed, one that comes with coagent is crossed out until it is approved again. Calls that were made under it are still taken back as it says.")
        {
            Names, Source.Workspace, Source.Config, Source.Catalog, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var forgotten = parsed.GetValue(Names)!.Select(catalog.Tool).DistinctBy(static tool => tool.Name)
            .Select(tool => new ForgottenReport($"{tool.Name}", catalog.Own.Forget(tool)))
            .ToImmutableArray();
        await catalog.TellDaemonAsync(cancellationToken);
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(forgotten, CliJson.Default.ImmutableArrayForgottenReport));
            return 0;
        }

        foreach (var one in forgotten)
        {
            Console.WriteLine(one.Removed is { } file
                ? $"forgotten  {one.Tool}: removed {file}"
                : $"forgotten  {one.Tool}: it comes with coagent and is crossed out (back: coagent catalog approve {one.Tool} --from-server)");
        }

        return 0;
    }
}

/// <summary>A manifest that is no longer gone by (<c>coagent catalog forget --json</c>).</summary>
/// <param name="Tool">Its name.</param>
/// <param name="Removed">The file that was removed; null where it comes with the program.</param>
internal sealed record ForgottenReport(string Tool, string? Removed);
