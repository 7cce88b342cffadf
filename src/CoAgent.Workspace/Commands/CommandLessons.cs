using System.Collections.Immutable;

namespace CoAgent.Workspace.Commands;

/// <summary>What runs of a command have shown that could not be known before.</summary>
/// <param name="IsIrreversible">It did what a layer refuses, or more than can be kept: it cannot be taken back.</param>
/// <param name="IsRuleWrong">It wrote what its rule does not say: the rule is not believed again.</param>
/// <param name="MissCount">How often it touched more than it was declared to touch.</param>
internal readonly record struct CommandLesson(bool IsIrreversible, bool IsRuleWrong, int MissCount)
{
    /// <summary>How often a command may touch more than was foreseen before it is declared to touch everything.</summary>
    internal const int MissesMax = 2;

    /// <summary>Whether nothing narrower than the whole tree is to be declared any more.</summary>
    internal bool IsUnforeseeable => MissCount >= MissesMax;
}

/// <summary>The lessons of commands, by what is the same for the same call made again.</summary>
/// <remarks>When it is full it forgets everything: what is then foreseen wrongly shows again when the command is prepared.</remarks>
internal sealed class CommandLessons
{
    private const int KeysMax = 4096;
    private ImmutableDictionary<string, CommandLesson> _lessons = ImmutableDictionary.Create<string, CommandLesson>(StringComparer.Ordinal);

    internal CommandLesson Of(string key) => _lessons.GetValueOrDefault(key);

    internal void NoteIrreversible(string key) => Learn(key, static lesson => lesson with { IsIrreversible = true });

    internal void NoteWrongRule(string key) => Learn(key, static lesson => lesson with { IsRuleWrong = true });

    internal void NoteMiss(string key) => Learn(key, static lesson => lesson with { MissCount = lesson.MissCount + 1 });

    internal void NoteUnforeseeable(string key) => Learn(key, static lesson => lesson with { MissCount = CommandLesson.MissesMax });

    private void Learn(string key, Func<CommandLesson, CommandLesson> learn) => ImmutableInterlocked.Update(
        ref _lessons,
        static (lessons, learnt) =>
        {
            var kept = lessons.Count < KeysMax ? lessons : lessons.Clear();
            return kept.SetItem(learnt.Key, learnt.Learn(kept.GetValueOrDefault(learnt.Key)));
        },
        (Key: key, Learn: learn));
}
