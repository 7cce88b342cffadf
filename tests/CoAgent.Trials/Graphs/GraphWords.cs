using System.Text.Json;
using System.Text.Json.Serialization;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;

namespace CoAgent.Trials.Graphs;

/// <summary>The calls that agents make on a graph, in the words of npm <c>@modelcontextprotocol/server-memory</c>.</summary>
/// <remarks>All plays of a stage have one graph, in one file; each lays it out anew.</remarks>
internal sealed class GraphWords(string root, string folder) : FileWords(root, folder)
{
    /// <summary>The variable that tells the server where its file is.</summary>
    public const string FileVariable = "MEMORY_FILE_PATH";

    private const string HomeName = "graph";
    private const string FileName = "memory.jsonl";

    public override string Home => Path.Combine(Root, HomeName);

    public override Move.Call Begin => Open([BeginName]);

    /// <summary>Where the graph of a server is that works in a directory.</summary>
    public static string FileIn(string root) => Path.Combine(root, HomeName, FileName);

    /// <summary>A graph as the server keeps it, as a file of a play.</summary>
    public static (string Name, string Content) Graph(IEnumerable<Entity> entities, IEnumerable<Relation> relations) => (
        FileName,
        string.Join('\n', [
            .. entities.Select(one => Json(new { type = "entity", name = one.Name, entityType = one.EntityType, observations = one.Observations })),
            .. relations.Select(one => Json(new { type = "relation", from = one.From, to = one.To, relationType = one.RelationType }))]));

    public Move.Call Graph() => new("read_graph", "{}", IsRead: true);

    public Move.Call Open(string[] names) => new("open_nodes", Json(new { names }), IsRead: true);

    public override Move.Call Find(string pattern) => new("search_nodes", Json(new { query = pattern }), IsRead: true);

    public Move.Call Create(params Entity[] entities) => new("create_entities", Json(new { entities }), IsRead: false);

    public Move.Call Relate(params Relation[] relations) => new("create_relations", Json(new { relations }), IsRead: false);

    public Move.Call Observe(string entityName, params string[] contents) =>
        new("add_observations", Json(new { observations = new[] { new { entityName, contents } } }), IsRead: false);

    public Move.Call Delete(params string[] entityNames) => new("delete_entities", Json(new { entityNames }), IsRead: false);

    public Move.Call Forget(string entityName, params string[] observations) =>
        new("delete_observations", Json(new { deletions = new[] { new { entityName, observations } } }), IsRead: false);

    public Move.Call Unrelate(params Relation[] relations) => new("delete_relations", Json(new { relations }), IsRead: false);

    public override Move.Call Read(string name) => throw NoFiles();

    public override Move.Call List(string name) => throw NoFiles();

    public override Move.Call Write(string name, object content) => throw NoFiles();

    public override Move.Call Edit(string name, string old, string now) => throw NoFiles();

    public override Move.Call MoveTo(string from, string to) => throw NoFiles();

    public override Move.Call Remove(string name) => throw NoFiles();

    public override Move.Call Fill(string from, string to) => throw NoFiles();

    public override Move.Call MakeDirectory(string name) => throw NoFiles();

    private static NotSupportedException NoFiles() => new("A graph has no files.");

    /// <summary>A node of the graph, with its members in the server's words.</summary>
    internal sealed record Entity(
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("entityType")] string EntityType,
        [property: JsonPropertyName("observations")] params string[] Observations);

    /// <summary>An edge of the graph, with its members in the server's words.</summary>
    internal sealed record Relation(
        [property: JsonPropertyName("from")] string From,
        [property: JsonPropertyName("to")] string To,
        [property: JsonPropertyName("relationType")] string RelationType);
}
