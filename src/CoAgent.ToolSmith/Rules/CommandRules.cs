using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using CoAgent.Runtime.Catalog.Faults;

namespace CoAgent.ToolSmith.Rules;

/// <summary>The rules of all known programs, each read when it is first asked for.</summary>
internal sealed class CommandRules
{
    private const string Prefix = "commands/";
    private const string Ending = ".yaml";

    private readonly FrozenDictionary<string, Func<string>> _files;
    private readonly ConcurrentDictionary<string, RuleReader.Outcome> _read = new(StringComparer.Ordinal);

    /// <summary>Rules in files.</summary>
    /// <param name="files">Each file by its program's name.</param>
    internal CommandRules(IEnumerable<KeyValuePair<string, Func<string>>> files) => _files = files.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Those that come with CoAgent.</summary>
    /// <remarks>A workspace adds none of its own: who may write there could else say of any program that it does nothing.</remarks>
    internal static CommandRules Shipped { get; } = new(Resources());

    /// <summary>The programs, in order.</summary>
    internal IEnumerable<string> Programs => _files.Keys.Order(StringComparer.Ordinal);

    /// <summary>What is wrong with the files.</summary>
    internal ImmutableArray<CatalogFault> Faults => [.. Programs.SelectMany(program => Outcome(program).Faults)];

    /// <summary>The rule of a program; null when there is none, or it has faults.</summary>
    internal CommandRule? Of(string program)
    {
        program = program switch
        {
            "[" => "test",
            ":" => "true",
            _ => program,
        };
        if (!_files.ContainsKey(program))
        {
            return null;
        }

        var outcome = Outcome(program);
        return outcome.Like is { } like ? (_files.ContainsKey(like) ? Outcome(like).Rule : null) : outcome.Rule;
    }

    private RuleReader.Outcome Outcome(string program) =>
        _read.GetOrAdd(program, static (name, files) => RuleReader.Read(name + Ending, files[name]()), _files);

    private static IEnumerable<KeyValuePair<string, Func<string>>> Resources()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            yield return new(name[Prefix.Length..^Ending.Length], () => Text(assembly, name));
        }
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException("A resource that is listed is there."));
        return reader.ReadToEnd();
    }
}
