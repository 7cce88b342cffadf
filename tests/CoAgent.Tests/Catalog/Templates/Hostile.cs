using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using FsCheck;
using FsCheck.Fluent;

namespace CoAgent.Tests.Catalog.Templates;

/// <summary>Arguments as somebody would make them who wants a template to say more, or other things, than its author meant.</summary>
internal static class Hostile
{
    private const int RunCount = 1_000;
    private const ulong Seed = 20_265;

    private static readonly string[] s_pieces =
    [
        "a", "b", "", " ", "\n", "\r\n", "\t", "\0", "\u001b[2J", "\u2028", "\u0085", "'", "\"", "\\", "`", "$(id)", "${HOME}", "; rm -rf .", "&&", "|",
        "-", "--force", "-rf", "=", "/", "//", ".", "..", "../", "/..", "*", "**", "/*", "/**", "%", "%2F", "%2E%2E", "%00", "%zz", ":", "file:", "file:/",
        "mcp:memory/**", "{", "}", "{{", "}}", "{x}", "{name}", "{x?}", "?", "!", "#", "~", "~/", "\ud800", "\udc00", "😀", "e\u0301", "ü", "\uffff",
        "null", "true", "0", "-1", "1e400", "[]", "{}", "[0]", "a,b", "A", "CON", "C:\\",
    ];

    private static readonly string[] s_literals =
        ["null", "true", "false", "0", "-0", "1e400", "1E+400", "-1e-400", "12345678901234567890123", "0.1", "1e999999999999", "[]", "{}", "\"\\ud800\"", "\"\\u0000\""];

    /// <summary>Makes a claim about many seeds; the seed of one that fails is printed.</summary>
    public static void ForAll(Action<Random> claim) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(RunCount).WithReplay(Seed, 1),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => claim(new Random(seed))));

    /// <summary>Some pieces that mean something to a shell, a path, an id, JSON, YAML or a template.</summary>
    public static string Text(Random random) => string.Concat(random.GetItems(s_pieces, random.Next(5)));

    /// <summary>A JSON value as it may be sent: duplicated names, halves of characters and numbers that no type holds are among them.</summary>
    public static string Json(Random random, int levels = 3) => random.Next(levels > 0 ? 4 : 2) switch
    {
        0 => random.GetItems(s_literals, 1)[0],
        1 => JsonLiteral.Quote(Text(random)),
        2 => $"[{string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Json(random, levels - 1)))}]",
        _ => $"{{{string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => $"{JsonLiteral.Quote(Text(random))}:{Json(random, levels - 1)}"))}}}",
    };

    /// <summary>What a call with one argument has.</summary>
    public static TemplateValues Values(string name, string json, IFilePaths? paths = null) => Values($"{{{JsonLiteral.Quote(name)}:{json}}}", paths);

    /// <summary>What a call has; its directory is <c>/trial/root</c>.</summary>
    public static TemplateValues Values(string arguments, IFilePaths? paths = null) =>
        new(Element(arguments), paths ?? TextPaths.Instance, ["/trial/root"]);

    /// <summary>A JSON text as an element, however deep.</summary>
    public static JsonElement Element(string json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json), new JsonDocumentOptions { MaxDepth = 100_000 });
        return document.RootElement.Clone();
    }

    /// <summary>A tree of files without links in which nothing is.</summary>
    private sealed class TextPaths : IFilePaths
    {
        public static TextPaths Instance { get; } = new();

        public FilePath? Resolve(ImmutableArray<string> directories, string given) =>
            given.Length == 0 ? null : new FilePath(Path.GetFullPath(given, directories[0]), Exists: true, IsDirectory: false, [], []);
    }
}
