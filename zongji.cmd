@echo off
rem Zongji's one command on Windows; see resources\setup\first_use.py.
where py >nul 2>nul
if %errorlevel%==0 (
    py -3 "%~dp0resources\setup\first_use.py" %*
) else (
    python "%~dp0resources\setup\first_use.py" %*
)
exit /b %errorlevel%
