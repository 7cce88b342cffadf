namespace CoAgent.Runtime.Coordination;

/// <summary>What decisions leave to be done beside the loop: effects begin, whoever asked goes on with its answer.</summary>
/// <remarks>
/// A thread that posts to an idle loop runs it. What the last decision has left is then done by the same thread, as soon as
/// the loop has let it go: a call that conflicts with nothing changes threads as often as its tool does, and not for the
/// coordinator. What was left by a loop that goes on, or that runs on a thread of its own, waits for nobody: it is scheduled.
/// </remarks>
internal sealed class Errands
{
    [ThreadStatic]
    private static Errands? t_poster;

    private Action? _left;

    /// <summary>Leaves an errand: it must give its thread back as soon as it waits for something.</summary>
    public static void Leave(Action errand)
    {
        if (t_poster is { _left: null } poster)
        {
            poster._left = errand;
        }
        else
        {
            Schedule(errand);
        }
    }

    /// <summary>The loop goes on with another input: what was left before does not wait until it ends.</summary>
    public static void HandOver()
    {
        if (t_poster?.Take() is { } errand)
        {
            Schedule(errand);
        }
    }

    /// <summary>Posts on this thread, and does what was left to it.</summary>
    /// <remarks>
    /// An errand that posts leaves what follows to whoever is at it already, so that errands never pile up on a stack.
    /// </remarks>
    public static ValueTask AroundAsync<TInput>(
        Func<TInput, CancellationToken, ValueTask> post, TInput input, CancellationToken cancellationToken)
    {
        if (t_poster is not null)
        {
            return post(input, cancellationToken);
        }

        var poster = t_poster = new Errands();
        try
        {
            var posted = post(input, cancellationToken);
            while (poster.Take() is { } errand)
            {
                errand();
            }

            return posted;
        }
        finally
        {
            t_poster = null;
        }
    }

    private Action? Take()
    {
        var errand = _left;
        _left = null;
        return errand;
    }

    // On the scheduler of whoever runs the loop: a simulation runs everything on its own.
    private static void Schedule(Action errand) => _ = Task.Factory.StartNew(
        errand, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);
}
