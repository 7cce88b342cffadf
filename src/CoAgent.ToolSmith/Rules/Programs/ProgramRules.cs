using System.Collections.Frozen;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>The code behind rules that data cannot say; a file names it with <c>by</c>.</summary>
internal static class ProgramRules
{
    private static readonly FrozenDictionary<string, Action<RuledCommand>> s_all = new Dictionary<string, Action<RuledCommand>>
    {
        ["copy"] = Transfers.Copy,
        ["move"] = Transfers.Move,
        ["link"] = Transfers.Link,
        ["long-listing"] = CoreRules.ListLong,
        ["date"] = CoreRules.Date,
        ["mktemp"] = CoreRules.MakeTemporary,
        ["tee"] = CoreRules.Tee,
        ["dd"] = CoreRules.Dd,
        ["grep"] = SearchRules.Grep,
        ["rg"] = SearchRules.RipGrep,
        ["find"] = FindRules.Touch,
        ["sed"] = SedRules.Touch,
        ["awk"] = AwkRules.Touch,
        ["jq"] = SearchRules.Jq,
        ["tar"] = ArchiveRules.Tar,
        ["compress"] = ArchiveRules.Compress,
        ["zip"] = ArchiveRules.Zip,
        ["git"] = GitRules.Touch,
        ["sqlite"] = SqliteRules.Touch,
        ["psql"] = PostgresRules.Touch,
        ["curl"] = NetworkRules.Curl,
        ["wget"] = NetworkRules.Wget,
        ["kubectl"] = KubectlRules.Touch,
        ["python"] = CodeRules.Python,
        ["options-of-shell"] = ShellBuiltinRules.SetOptions,
        ["test"] = FileTests.Touch,
        ["directories"] = ShellBuiltinRules.Enter,
        ["variables"] = ShellBuiltinRules.Declare,
        ["kill"] = ShellBuiltinRules.Kill,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names.</summary>
    internal static IReadOnlyCollection<string> Names => s_all.Keys;

    internal static bool Knows(string name) => s_all.ContainsKey(name);

    internal static Action<RuledCommand> Of(string name) => s_all[name];
}
