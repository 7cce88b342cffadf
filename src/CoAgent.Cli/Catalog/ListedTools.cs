using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Processes;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using Microsoft.Extensions.Logging;

namespace CoAgent.Cli.Catalog;

/// <summary>The tools of a server as it lists them: by itself, or in a recorded list.</summary>
/// <param name="Name">The name that the server gives itself; null where nobody knows.</param>
/// <param name="Version">Its version; null where nobody knows.</param>
/// <param name="Tools">The tools, by their names.</param>
internal sealed record ListedTools(string? Name, string? Version, ImmutableSortedDictionary<string, JsonElement> Tools)
{
    /// <summary>Name and version, for the lock.</summary>
    public string? Server => Name is null ? null : $"{Name} {Version}".TrimEnd();

    /// <summary>How the server defines a tool; null when it does not list it.</summary>
    public LockedDefinition? Find(string tool) =>
        Tools.TryGetValue(tool, out var listed) ? new LockedDefinition(ToolDefinition.Of(listed), Server) : null;

    /// <summary>Reads a recorded list: an array of tools, an object with <c>tools</c>, or a whole answer to <c>tools/list</c>.</summary>
    /// <exception cref="CommandException">It is none, or leaves out what a definition is known by.</exception>
    public static ListedTools Read(string file)
    {
        try
        {
            var root = JsonElement.Parse(File.ReadAllBytes(file), InputRequests.Deep);
            var list = Member(root, "result") ?? root;
            var tools = list.ValueKind == JsonValueKind.Array ? list : Member(list, "tools") ?? default;
            if (tools.ValueKind != JsonValueKind.Array)
            {
                throw new CommandException($"{file} is no list of tools: it has no \"tools\".");
            }

            var cut = tools.EnumerateArray().Where(static tool => Member(tool, "hasOutputSchema") is { ValueKind: JsonValueKind.True }
                && Member(tool, "outputSchema") is null).Select(NameOf).ToArray();
            return cut.Length == 0
                ? Of(Member(root, "server") ?? Member(list, "serverInfo"), tools.EnumerateArray())
                : throw new CommandException(
                    $"{file} leaves out the outputSchema of {string.Join(", ", cut)}: ask the server itself, with --from-server.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException($"{file} cannot be read: {fault.Message}");
        }
    }

    /// <summary>Starts a server of the configuration, asks it, and ends it.</summary>
    /// <exception cref="CommandException">It cannot be asked.</exception>
    public static async Task<ListedTools> AskAsync(ServerDefinition definition, CancellationToken cancellationToken)
    {
        using var loggers = StderrLogging.Create(LogLevel.Error);
        using var builtins = new BuiltinServers(TimeProvider.System, loggers, analyst: null);
        await using var reaper = ChildReaper.Start(loggers.CreateLogger("CoAgent.Children"), TimeProvider.System);
        await using var starter = new ServerStarter(reaper, builtins, TimeProvider.System, loggers) { Limits = static () => new Limits() };
        await using var link = new OwnerOfItsOwn(definition, isModern: false, starter, loggers).Link;
        var opening = await link.OpenAsync().WaitAsync(cancellationToken);
        if (opening is not Opening.Ready ready || await link.Definitions.ListAsync(cancellationToken) is not { } tools)
        {
            throw new CommandException(link.Trouble ?? $"the server '{definition.Name}' does not list its tools.");
        }

        var greeting = ready.InitializeAnswer ?? await ServerName.AskAsync(ready.Connection);
        return Of(greeting is null ? null : ServerName.InfoOf(greeting), tools);
    }

    /// <summary>Starts a server as its profile says, in a folder that is thrown away, asks it, and ends it.</summary>
    /// <exception cref="CommandException">The profile does not say how, or the server cannot be asked.</exception>
    public static async Task<ListedTools> AskAsync(ProfileManifest profile, CancellationToken cancellationToken)
    {
        if (profile.Start.IsEmpty)
        {
            throw new CommandException(
                $"the profile {profile.Profile} does not say how its server is started: name a server of the configuration after --from-server, or give a list with --tools.");
        }

        var root = Directory.CreateTempSubdirectory("coagent-trial-");
        try
        {
            string Fill(string template) => template.Replace("{root}", root.FullName, StringComparison.Ordinal);
            return await AskAsync(
                new ServerDefinition.Stdio(
                    profile.Profile,
                    new ServerOptions(),
                    Fill(profile.Start[0].Source),
                    [.. profile.Start.Skip(1).Select(template => Fill(template.Source))],
                    profile.Environment.ToImmutableSortedDictionary(static pair => pair.Key, pair => Fill(pair.Value.Source)),
                    root.FullName),
                cancellationToken);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static ListedTools Of(JsonElement? server, IEnumerable<JsonElement> tools) => new(
        server is { } info ? Text(info, "name") : null,
        server is { } about ? Text(about, "version") : null,
        tools.Where(static tool => NameOf(tool) is not null)
            .GroupBy(static tool => NameOf(tool)!)
            .ToImmutableSortedDictionary(static group => group.Key, static group => group.Last().Clone(), StringComparer.Ordinal));

    private static string? NameOf(JsonElement tool) => Text(tool, "name");

    private static string? Text(JsonElement parent, string member) =>
        Member(parent, member) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement parent, string member) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var value) ? value : null;
}
