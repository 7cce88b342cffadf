using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using CoAgent.Cli.Catalog;
using CoAgent.Proxy.Processes;
using CoAgent.Runtime.Catalog.Folder;
using Microsoft.Extensions.Logging;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog show TOOL</c>: a manifest, how far it is trusted, and what calls of it touch.</summary>
internal static class CatalogShowCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string> Tool = new("tool") { Description = "The tool (profile/tool)." };
    private static readonly Option<string?> Arguments = new("--arguments")
    {
        Description = "A call's arguments, as a JSON object. Default: those of the manifest's examples.",
        HelpName = "JSON",
    };

    public static Command Create()
    {
        var command = new Command("show", "Show a manifest, how far it is trusted, and the objects that calls of it read and write.")
        {
            Tool, Arguments, Source.Workspace, Source.Config, Source.Catalog, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var tool = catalog.Tool(parsed.GetValue(Tool)!);
        var calls = parsed.GetValue(Arguments) is { } given
            ? [new NamedArguments("the arguments", Parse(given))]
            : tool.Manifest.Examples.Select(static example => new NamedArguments(example.Name, example.Arguments)).ToArray();
        using var loggers = StderrLogging.Create(LogLevel.Error);
        using var builtins = new BuiltinServers(TimeProvider.System, loggers, analyst: null);
        await using var reaper = ChildReaper.Start(loggers.CreateLogger("CoAgent.Children"), TimeProvider.System);
        var programs = new ProgramRunner(reaper, loggers.CreateLogger("CoAgent.Programs"), TimeProvider.System);
        var bound = new CallFootprints(catalog, tool, ManifestsInWords.With(builtins.States, programs));
        var report = new ShownToolReport(CatalogToolReport.Of(tool), CatalogWords.MadeFor(tool), tool.Text, [.. calls.Select(bound.Of)]);
        Console.WriteLine(parsed.GetValue(Json) ? JsonSerializer.Serialize(report, CliJson.Default.ShownToolReport) : ShownToolText.Of(report));
        return 0;
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            var arguments = JsonElement.Parse(text);
            return arguments.ValueKind == JsonValueKind.Object
                ? arguments
                : throw new CommandException("the arguments must be a JSON object, such as '{\"path\":\"README.md\"}'.");
        }
        catch (JsonException error)
        {
            throw new CommandException($"the arguments are not valid JSON: {error.Message}");
        }
    }
}

/// <summary>What <c>coagent catalog show --json</c> prints.</summary>
internal sealed record ShownToolReport(CatalogToolReport Tool, string MadeFor, string Manifest, ImmutableArray<BoundCallReport> Calls);

/// <summary>What one call touches.</summary>
/// <param name="Name">The example's name.</param>
/// <param name="Arguments">The call's arguments.</param>
/// <param name="Reads">The objects that it reads.</param>
/// <param name="Writes">The objects that it writes.</param>
/// <param name="IsReversible">Whether it can be taken back.</param>
/// <param name="Unknown">Why nobody can tell; null where the manifest does.</param>
internal sealed record BoundCallReport(
    string Name, JsonElement Arguments, ImmutableArray<string> Reads, ImmutableArray<string> Writes, bool IsReversible, string? Unknown);
