using System.CommandLine;
using System.Text.Json;
using CoAgent.Cli.Catalog;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog draft SERVER TOOL…</c>: begins a manifest for a tool that nobody has described.</summary>
internal static class CatalogDraftCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly DefinitionSource Definitions = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string> Server = new("server") { Description = "A server of the configuration." };
    private static readonly Argument<string[]> Tools = new("tools") { Description = "Tools of it.", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command(
            "draft", "Begin a manifest for a tool that nobody has described: it says as much as its server does, for a person to put right and to approve.")
        {
            Server, Tools, Definitions.Tools, Source.Workspace, Source.Config, Source.Catalog, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var server = DefinitionSource.ServerOf(catalog, parsed.GetValue(Server)!);
        var listed = parsed.GetValue(Definitions.Tools) is { } file ? ListedTools.Read(file) : await ListedTools.AskAsync(server, cancellationToken);
        var known = DefinitionSource.ProfileOf(catalog, server, listed);
        var profile = known?.Name ?? server.Options.Profile ?? DraftManifest.ProfileNameOf(listed.Name ?? server.Name);
        foreach (var tool in parsed.GetValue(Tools)!)
        {
            if (!listed.Tools.TryGetValue(tool, out var definition))
            {
                throw new CommandException($"the server '{server.Name}' does not list a tool '{tool}': it has {string.Join(", ", listed.Tools.Keys)}.");
            }

            var draft = DraftManifest.Of(server.Name, definition, seen: null);
            var isThere = known is not null && known.Tools.ContainsKey(tool);
            var written = (isThere ? null : catalog.Own.Draft(profile, known is null ? listed.Name : null, tool, draft, replaces: null))
                ?? throw new CommandException($"there is a manifest of '{tool}' in the profile {profile} already: coagent catalog show {profile}/{tool}");
            var report = new DraftReport($"{profile}/{tool}", written);
            Console.WriteLine(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(report, CliJson.Default.DraftReport)
                : $"drafted  {report.Tool}: {report.File}\n         put it right, then: coagent catalog approve {report.Tool} --from-server {server.Name}");
        }

        await catalog.TellDaemonAsync(cancellationToken);
        return 0;
    }
}

/// <summary>A manifest that was begun (<c>coagent catalog draft --json</c>).</summary>
internal sealed record DraftReport(string Tool, string File);
