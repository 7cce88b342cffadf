using System.Collections.Immutable;

namespace CoAgent.Trials.Agents;

/// <summary>What an agent does next. Two moves with one text are the same move.</summary>
/// <param name="Text">The move in words.</param>
internal abstract record Move(string Text)
{
    /// <summary>Whether they are the same move: what its answer is heard as does not count.</summary>
    public virtual bool Equals(Move? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>A call to a tool.</summary>
    /// <param name="Tool">The tool's name.</param>
    /// <param name="Arguments">Its arguments, a JSON object.</param>
    /// <param name="IsRead">Whether it leaves everything as it is.</param>
    public sealed record Call(string Tool, string Arguments, bool IsRead) : Move($"{Tool} {Arguments}")
    {
        /// <summary>The files whose content it may change, relative to the play's folder.</summary>
        public ImmutableArray<string> Touches { get; init; } = [];

        /// <summary>What the answer is heard as: what differs without a difference is taken out.</summary>
        public Func<string, string> Tidy { get; init; } = text => text;

        /// <summary>Whether the script takes it back later, so that in the end it has not happened.</summary>
        public bool IsWithdrawnLater { get; init; }

        /// <summary>Whether it may wait for other agents.</summary>
        public bool MayWait { get; init; }

        /// <inheritdoc/>
        public bool Equals(Call? other) => base.Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>Takes back an own earlier call.</summary>
    /// <param name="What">The call.</param>
    public sealed record TakeBack(Call What) : Move($"take back {What.Text}")
    {
        /// <inheritdoc/>
        public bool Equals(TakeBack? other) => base.Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>Takes back everything, and ends.</summary>
    public sealed record Abort() : Move("abort");
}

/// <summary>What an agent knows of its last call when it decides on the next.</summary>
internal sealed class Heard
{
    /// <summary>Stands for what is not there.</summary>
    public const string Absent = "none";

    /// <summary>The last answer; of an error <see cref="Absent"/>.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Whether the last call was answered with an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>The last answer as a number.</summary>
    public long Number => long.Parse(Last);

    /// <summary>The lines of the last answer.</summary>
    public string[] Names => IsError ? [] : Last.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Takes in an answer.</summary>
    public void Hear(string text, bool isError) => (Last, IsError) = (isError ? Absent : text, isError);
}
