using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>Answers requests for tools: words, or a command line (mcp.md, <c>coagent_request_tool</c>).</summary>
/// <param name="catalog">The catalog that grows.</param>
/// <param name="folders">Where it is.</param>
internal sealed class ToolRequests(GrowingCatalog catalog, Func<CatalogFolders> folders)
{
    /// <summary>How many other tools are named beside the one that fits best.</summary>
    internal const int OthersMax = 4;

    private static readonly SearchValues<char> s_ofCommands = SearchValues.Create("-/.|=>'\"*");

    /// <summary>The answer.</summary>
    internal async Task<ToolOffer> AnswerAsync(string request, CancellationToken cancellationToken)
    {
        if (!IsCommand(request))
        {
            return ByWords(request);
        }

        return await catalog.AskAsync(request, isDryRun: false, cancellationToken) switch
        {
            Asked.Covered covered => Existing(covered.Tool, covered.Arguments),
            Asked.Grown { Tool: { Status: GrownStatus.Verified } tool } grown => new ToolOffer(
                ToolOfferKind.Grown, $"{tool.Name} was made for it: {grown.Manifest.Description} It is in the list of tools now.{Call(tool.Name, ArgumentsOf(grown))}")
            {
                Tool = tool.Name, Arguments = ArgumentsOf(grown), File = tool.ManifestFile,
            },
            Asked.Grown { Tool: { Status: GrownStatus.Draft } tool } => new ToolOffer(
                ToolOfferKind.Drafted,
                $"{tool.Name} was drafted, and cannot be called yet: {tool.Why?.TrimEnd('.')}. A person can look at it and say that it is right (coagent catalog approve {tool.Profile}/{tool.Name}). Till then, use bash.")
            {
                File = tool.ManifestFile,
            },
            Asked.Grown { Tool: var tool } => new ToolOffer(
                ToolOfferKind.Quarantined, $"No tool was made: what was drafted does not keep what it promises ({tool.Why?.TrimEnd('.')}). Use bash.")
            {
                File = tool.ManifestFile,
            },
            Asked.NotPossible no => new ToolOffer(ToolOfferKind.Missing, $"No tool can be made of it: {no.Why.TrimEnd('.')}. Use bash."),
            var other => throw new InvalidOperationException($"There is no answer {other}."),
        };
    }

    /// <summary>Whether a request is a command line, not words.</summary>
    internal static bool IsCommand(string request)
    {
        var words = request.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var isProgram = WordGrammar.Of(words[0]) is not null || words[0] is "find" or "echo" or "tar" or "psql" or "make" or "python3" or "node";
        return words[0].Contains('/', StringComparison.Ordinal)
            || (isProgram && (words.Length <= 2 || words.Skip(1).Any(static word => word.AsSpan().ContainsAny(s_ofCommands))))
            || request.Contains(" | ", StringComparison.Ordinal) || words.Skip(1).Any(static word => word is ['-', _, ..]);
    }

    private ToolOffer ByWords(string request)
    {
        var asked = WordsOf(request);
        var ranked = CommandTools.Offered(ToolCatalog.Read(folders()))
            .Select(tool => (Tool: tool, Score: WordsOf($"{tool.Manifest.Tool} {tool.Manifest.Description}").Count(asked.Contains)))
            .Where(static one => one.Score > 0)
            .OrderByDescending(static one => one.Score).ThenBy(static one => one.Tool.Name.Tool, StringComparer.Ordinal)
            .Select(static one => one.Tool)
            .ToArray();
        if (ranked is not [var best, ..])
        {
            return new ToolOffer(
                ToolOfferKind.Missing, "No tool of the catalog fits these words. Ask with the command that does it: a tool is made of it, if it can be.");
        }

        return Existing(best, arguments: null) with
        {
            Others = [.. ranked.Skip(1).Take(OthersMax).Select(static tool => tool.Manifest.Tool)],
        };
    }

    private static ToolOffer Existing(CatalogedTool tool, JsonElement? arguments) => new(
        ToolOfferKind.Existing, $"{tool.Manifest.Tool} does it: {tool.Manifest.Description}{Call(tool.Manifest.Tool, arguments)}")
    {
        Tool = tool.Manifest.Tool, Arguments = arguments, File = tool.File,
    };

    private static string Call(string tool, JsonElement? arguments) => arguments is { } given ? $" Call {tool} with {given.GetRawText()}" : "";

    private static JsonElement? ArgumentsOf(Asked.Grown grown) => grown.Manifest.Examples is [var first, ..] ? first.Arguments : null;

    // Endings of words do not count: "commits" is asked for where "commit" is offered.
    private static ImmutableHashSet<string> WordsOf(string text) =>
    [
        .. text.ToLowerInvariant().Split([' ', '_', '-', '.', ',', ':', ';', '/', '|', '(', ')', '"', '\'', '?', '!'], StringSplitOptions.RemoveEmptyEntries)
            .Where(static word => word.Length > 2 && word is not ("the" or "and" or "for" or "with" or "that" or "all" or "can" or "taken" or "back" or "this"))
            .Select(static word => word.Length > 3 ? word.TrimEnd('s') : word),
    ];
}
